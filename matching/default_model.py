"""The model before any data: P(comparison level | class), for a Chinese county, from the error rates of docs/formats.md 4.

Each level of a table has four probabilities, one per class: the same person, both records carefully typed; the same person, one
record carelessly typed; siblings; strangers. Where a level has a term frequency (``matching.model.SHARE_OF``), the figure for
strangers is a factor on how frequent the name or its sound is.
"""

LevelRates = dict[str, tuple[float, float, float, float]]
DEFAULTS: dict[str, LevelRates] = {
    "name": {
        #                          same  careless   sibling  stranger
        "exact":             (   0.962,    0.600,     2e-6,      1.0),
        "variant":           (   0.005,    0.020,     5e-6,      0.2),
        "former":            (   0.003,    0.010,     2e-4,      1.0),
        "lost":              (   0.003,    0.030,   1.5e-3,     5e-4),
        "sound":             (   0.012,    0.120,     5e-3,      1.0),
        "alike":             (   0.005,    0.050,     5e-3,     2e-3),
        "mixed":             (    5e-4,    0.020,     2e-4,     2e-4),
        "swapped":           (    5e-4,    0.005,     2e-4,     1e-4),
        "surname_of_kin":    (   0.002,    0.020,     5e-4,     0.08),
        "surname_changed":   (   0.001,    0.010,     5e-4,      1.0),
        "dropped":           (   0.002,    0.020,    0.010,    0.005),
        "one_character":     (   0.002,    0.020,    0.300,    0.020),
        "part":              (    5e-4,    0.010,    0.020,    0.020),
        "different":         (  0.0015,    0.040,    0.660,    0.950),
    },
    # The parts of names in letters, for any lists of people: typing errors, initials, brides' surnames.
    "given": {
        "same":              (   0.930,    0.600,     4e-3,      1.0),
        "turned":            (   0.003,    0.020,     1e-4,     1e-4),
        "alike":             (   0.035,    0.200,    0.020,    0.010),
        "short":             (   0.015,    0.060,    0.020,    0.020),
        "near":              (   0.007,    0.050,    0.060,    0.050),
        "different":         (   0.010,    0.070,    0.896,    0.920),
    },
    "surname": {
        "same":              (   0.940,    0.650,    0.900,      1.0),
        "alike":             (   0.035,    0.200,    0.020,    0.005),
        "part":              (   0.005,    0.020,    0.010,    0.003),
        "near":              (   0.005,    0.050,    0.020,    0.030),
        "different":         (   0.015,    0.080,    0.050,    0.962),
    },
    "middle": {
        "same":              (   0.860,    0.700,    0.060,    0.060),
        "initial":           (   0.100,    0.150,    0.020,    0.020),
        "different":         (   0.040,    0.150,    0.920,    0.920),
    },
    "id": {
        "exact":             (   0.955,    0.500,     1e-3,     1e-8),
        "other_exact":       (   0.010,    0.040,     5e-4,     1e-8),
        # Siblings' IDs are this close only if they are twins (one pair in eighty), or if an ID typed for a sibling was mistyped too.
        "one_digit":         (   0.012,    0.130,     2e-5,     2e-6),
        "swapped":           (   0.005,    0.070,     1e-5,     1e-6),
        "lost_digits":       (   0.006,    0.060,     3e-4,     2e-6),
        # Four digits and the division are one in ten thousand's; a sibling's as often as any number is.
        "masked_agrees":     (   0.006,    0.060,     3e-4,     1e-4),
        "near":              (   0.001,    0.030,     3e-4,     2e-5),
        "sequence_damaged":  (  0.0015,    0.030,     2e-4,     2e-6),
        "same_birth_part":   (   0.001,    0.015,    0.015,   2.5e-4),
        # If the record is the sibling's, this number is the right one: hence frequent among siblings.
        "of_sibling":        (   0.001,    0.012,    0.300,     1e-6),
        "different":         (   0.002,    0.020,    0.950,    0.980),
        "different_invalid": (   0.004,    0.110,    0.030,    0.020),
    },
    "id_within": {
        "exact":             (   0.500,    0.350,     2e-3,     1e-8),
        "other_exact":       (   0.010,    0.040,     5e-4,     1e-8),
        "one_digit":         (   0.020,    0.100,     2e-5,     2e-6),
        "swapped":           (   0.010,    0.050,     1e-5,     1e-6),
        "lost_digits":       (   0.010,    0.050,     3e-4,     2e-6),
        "masked_agrees":     (   0.010,    0.050,     3e-4,     1e-4),
        "near":              (   0.002,    0.020,     3e-4,     2e-5),
        "sequence_damaged":  (   0.002,    0.020,     2e-4,     2e-6),
        "same_birth_part":   (   0.250,    0.150,    0.015,   2.5e-4),
        "of_sibling":        (   0.001,    0.012,    0.300,     1e-6),
        "different":         (   0.150,    0.080,    0.960,    0.980),
        "different_invalid": (   0.005,    0.030,    0.030,    0.020),
    },
    "birth": {
        "exact":             (   0.977,    0.780,    0.015, 1 / 3600),
        "lunar":             (   0.004,    0.040,     4e-4,     5e-4),
        "swapped":           (   0.002,    0.020,     5e-4,     5e-4),
        "first_of_year":     (   0.002,    0.030,     1e-3,     2e-3),
        "year_off":          (   0.003,    0.040,     1e-3,     1e-3),
        "one_digit":         (   0.006,    0.040,    0.012,    0.010),
        "near":              (   0.001,    0.010,     5e-4,    0.100),
        # A careful record in which nothing else is wrong may hold the birthdate of the row above, or of a parent: near by chance alone.
        "different":         (   0.002,    0.010,    0.969,    0.886),
    },
    # One person has two IDs after a renewal or by a second registration, and keeps the birthdate in both.
    "birth_given_other_id": {
        "exact":             (   0.985,    0.850,     0.015, 1 / 3600),
        "lunar":             (   0.004,    0.030,     4e-4,     5e-4),
        "swapped":           (   0.002,    0.020,     5e-4,     5e-4),
        "first_of_year":     (   0.002,    0.020,     1e-3,     2e-3),
        "year_off":          (   0.003,    0.030,     1e-3,     1e-3),
        "one_digit":         (   0.003,    0.030,     0.012,    0.010),
        "near":              (   0.001,    0.010,     5e-4,    0.100),
        "different":         (    4e-4,    0.005,     0.969,    0.886),
    },
    "birth_given_id": {
        "exact":             (   0.980,    0.850,    0.300,    0.900),
        "lunar":             (   0.005,    0.030,    0.010,    0.005),
        "swapped":           (   0.002,    0.020,    0.010,    0.005),
        "first_of_year":     (   0.002,    0.020,    0.010,    0.010),
        "year_off":          (   0.004,    0.030,    0.010,    0.010),
        "one_digit":         (   0.004,    0.030,    0.010,    0.010),
        "near":              (   0.001,    0.008,     1e-3,    0.006),
        "different":         (   0.002,    0.012,    0.649,    0.054),
    },
    "birth_given_like_id": {
        "exact":             (   0.980,    0.850,    0.930,    0.900),
        "lunar":             (   0.005,    0.030,    0.005,    0.005),
        "swapped":           (   0.002,    0.020,    0.005,    0.005),
        "first_of_year":     (   0.002,    0.020,    0.010,    0.010),
        "year_off":          (   0.004,    0.030,    0.010,    0.010),
        "one_digit":         (   0.004,    0.030,    0.010,    0.010),
        "near":              (   0.001,    0.008,     1e-3,    0.006),
        "different":         (   0.002,    0.012,    0.029,    0.054),
    },
    "kin": {
        "several":           (    0.90,     0.60,     0.95,     1e-5),
        "one_of_several":    (    0.06,     0.15,     0.03,    0.006),
        "none_of_several":   (    0.04,     0.25,     0.02,    0.994),
        "same":              (    0.75,     0.50,     0.80,    0.003),
        "alike":             (    0.04,     0.08,     0.03,    0.006),
        "different":         (    0.21,     0.42,     0.17,    0.991),
    },
    "place": {
        "village":           (   0.945,     0.75,    0.955,    0.020),
        "other_village":     (   0.035,     0.15,    0.025,    0.070),
        "different":         (   0.020,     0.10,    0.020,    0.910),
        "township":          (   0.970,     0.90,    0.975,    0.090),
        "other_township":    (   0.030,     0.10,    0.025,    0.910),
    },
    "hamlet": {
        "same":              (    0.93,     0.75,     0.94,     0.12),
        "alike":             (    0.02,     0.05,     0.02,    0.005),
        "different":         (    0.05,     0.20,     0.04,    0.875),
    },
    "address": {
        "same":              (    0.55,     0.30,     0.60,     5e-4),
        "close":             (    0.30,     0.30,     0.25,     2e-3),
        "part":              (    0.10,     0.25,     0.10,    0.050),
        "different":         (    0.05,     0.15,     0.05,    0.948),
    },
    "sex": {
        "same":              (   0.995,    0.970,      0.5,      0.5),
        "different":         (   0.005,    0.030,      0.5,      0.5),
    },
}
DEFAULTS["birth_within"] = DEFAULTS["birth"]
# The share of careless matches per group of ``GROUPS_OF_PAIRS``: records without ID are careless more often.
CARELESS_SHARES = (0.03, 0.20, 0.03, 0.20)
NAMESAKES = 10.0  # how many times as frequent a name is in one's own village as in the whole list
