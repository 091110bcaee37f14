"""How well two values of a field agree: one level a pair, one module a kind of field."""
