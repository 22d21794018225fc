"""Arrays in, arrays out: price, implied vol, Greeks, implied forward."""
