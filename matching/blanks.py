"""Characters that cannot be seen: blanks, joiners, marks of direction and variation, fillers, control characters."""

# To stand inside a character class of a regular expression.
BLANKS = (
    r"\s\x00-\x1f\x7f-\xa0\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\U000e0100-\U000e01ef"
)
