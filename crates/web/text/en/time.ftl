### Days, clocks and ages.

# Twelve months from January on, each a word of three letters or so, with blanks between them.
time-months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
# Seven days from Monday on, with blanks between them.
time-weekdays = Monday Tuesday Wednesday Thursday Friday Saturday Sunday
# The month stays a word: 03/04 is read two ways.
time-day = { $day }-{ $month }-{ $year }
time-age-days = { $count } d
time-age-weeks = { $count } w
time-age-months = { $count } m
time-age-years = { $count } y
