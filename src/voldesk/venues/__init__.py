"""Client shells: the sockets of venues around the feeds and brokers they fill."""
