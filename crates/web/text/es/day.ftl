### The day board, the day's list on paper and the week.

day-heading = { $weekday } { $day }
day-today-mark = hoy
day-days = Días
day-before = Día anterior
day-after = Día siguiente
day-today = Hoy
day-now = Ahora
day-go = Ir
day-calendar = Calendario
day-print-list = Lista del día para imprimir
day-walk-in = Sin cita
day-book = Agendar
day-board = Consultas del día
day-providers = Profesionales
day-everybody = Todos
day-none = No hay consultas este día
day-none-words = Agende una consulta o atienda a quien llegue sin cita.
day-book-visit = Agendar una consulta

## The numbers of the day

day-count =
    { $count ->
        [one] { $count } consulta
       *[other] { $count } consultas
    }
# $longest is how long the first of them has waited: 34 min.
day-count-waiting = { $count } en espera, la más larga { $longest }
day-count-in-progress = { $count } en consulta
day-count-completed =
    { $count ->
        [one] { $count } terminada
       *[other] { $count } terminadas
    }
day-count-cancelled =
    { $count ->
        [one] { $count } cancelada
       *[other] { $count } canceladas
    }
day-count-no-show =
    { $count ->
        [one] { $count } inasistencia
       *[other] { $count } inasistencias
    }
day-earlier = Anteriores
day-later = Siguientes
day-part = { $from } a { $to } de { $total }

## The table

day-time = Hora
day-visit = Consulta
day-status = Estado
day-work = Avance
day-next-step = Siguiente paso
# The line between what was and what comes.
day-now-line = ahora
day-none-known = sin alergias conocidas
day-not-asked = alergias sin registrar
day-allergies =
    { $count ->
        [one] { $count } alergia
       *[other] { $count } alergias
    }
day-no-address = sin domicilio
day-correct = Corregir, consentimiento
day-correct-this = Corregir, consentimiento: consulta de las { $time }
day-double-booked = Doble cita: { $reason }
# Before the minutes, which go on counting.
day-waiting = espera
day-waited = esperó { $time }
day-late = { $time } de retraso
day-vitals = Signos vitales
day-no-vitals = sin signos vitales
day-signed = Firmada
day-check-in = Registrar llegada
day-complete = Terminar
day-start = Iniciar consulta
day-continue = Continuar
day-open = Abrir consulta
day-undo = Deshacer el último paso
day-undo-this = Deshacer el último paso de las { $time }
day-details = Detalles
day-details-this = Detalles de la consulta de las { $time }

## What waits for the signature

day-unsigned = Esperan su firma
day-unsigned-count = { $count }, de la más antigua a la más reciente
day-unsigned-visit = consulta del { $when }
day-unsigned-changed = modificada el { $when }

## The waiting list, as a link

day-waiting-list = Lista de espera
day-waiting-list-people = Lista de espera: { $count }
day-waiting-list-freed =
    { $count ->
        [one] Lista de espera: 1 horario libre conviene
       *[other] Lista de espera: { $count } horarios libres convienen
    }

## What is said after a step

step-checked-in = Llegada registrada.
step-completed = Consulta terminada.
step-cancelled = Cita cancelada. Hoy puede revertirse.
step-no-show = Marcada como inasistencia. Hoy puede revertirse.
step-back-scheduled = Se deshizo el paso: está programada de nuevo.
step-back-waiting = Se deshizo el paso: está en espera de nuevo.
step-back-in-progress = Se deshizo el paso: está en consulta de nuevo.
step-stale = Otra persona cambió esta consulta mientras tanto. Así está ahora.
step-signed = La nota está firmada, por lo que la consulta sigue terminada.

## The list on paper

list-title = Lista del día { $heading }
list-back = Volver al día
list-downtime = Cuando los equipos fallan
list-nothing = No hay nada agendado.
list-visits = Consultas
list-none-known = ninguna conocida
list-not-recorded = sin registrar

## The week

week-heading = Semana del { $monday }
week-this-mark = esta semana
week-weeks = Semanas
week-before = Semana anterior
week-this = Esta semana
week-after = Semana siguiente
week-day = Día
# Beside a date.
week-today-mark = { $date }, hoy
week-book-on = Agendar: { $weekday } { $date }
week-none = Sin consultas
week-all = Todas las consultas del día
week-all-of = Todas las consultas: { $weekday } { $date }

## Everything unsigned, on a page of its own

unsigned-none = Nada espera
unsigned-none-words = Todas sus notas están firmadas.
