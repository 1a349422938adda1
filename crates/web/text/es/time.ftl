### Days, clocks and ages.

# Twelve months from January on, each a word of three letters or so, with blanks between them.
time-months = ene feb mar abr may jun jul ago sep oct nov dic
# Seven days from Monday on, with blanks between them; they begin headings.
time-weekdays = Lunes Martes Miércoles Jueves Viernes Sábado Domingo
# The month stays a word: 03/04 is read two ways.
time-day = { $day }-{ $month }-{ $year }
time-age-days =
    { $count ->
        [one] { $count } día
       *[other] { $count } días
    }
time-age-weeks = { $count } sem.
time-age-months =
    { $count ->
        [one] { $count } mes
       *[other] { $count } meses
    }
time-age-years =
    { $count ->
        [one] { $count } año
       *[other] { $count } años
    }
