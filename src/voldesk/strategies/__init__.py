"""An update in, intents or notices out: nothing here sends an order or opens a socket."""
