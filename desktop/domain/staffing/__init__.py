"""How many agents are needed: Erlang, what-if, forecast."""
