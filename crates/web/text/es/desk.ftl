### The front desk: who came, checking in with a word, taking in whoever walks in.

find-who = ¿Para quién es?
find-hint = Nombre, fecha de nacimiento, teléfono o número de expediente; basta una parte.
find-find = Buscar
find-register = Registrar un paciente nuevo
find-count = { $count }
find-count-more = { $count } de más; escriba más para precisar
find-choose = Elegir
find-choose-this = Elegir a { $name }, nacimiento { $born }
find-nobody-words = Revise cómo está escrito, pruebe con la fecha de nacimiento o registre un paciente nuevo.

## Checking in

check-in-contact = Contacto y consentimiento
# $when is a day and a clock, $kind the kind of visit.
check-in-visit = { $when } · { $kind }
check-in-changed = Lo que escribió sigue aquí y no se ha guardado. Guarde de nuevo para reemplazar lo de la otra persona, o
check-in-theirs = vea lo que esa persona guardó
check-in-read = Lea al paciente su teléfono y su domicilio.
check-in-emergency = A quién llamar en una emergencia: { $name }
check-in-may-record = ¿Se puede grabar la consulta para el borrador automático?
check-in-agrees = Acepta
check-in-declines = No acepta
check-in-not-asked = No se preguntó
check-in-all-right = Todo correcto: registrar llegada
check-in-save = Guardar
check-in-board = Día
check-in-saved = Guardado.
consent-never = Nunca se preguntó.
consent-this-granted = Para esta consulta el paciente aceptó, { $day }.
consent-this-refused = Para esta consulta el paciente no aceptó, { $day }.
consent-this-withdrawn = Para esta consulta el paciente retiró el consentimiento, { $day }.
consent-earlier-granted = Para una consulta anterior el paciente aceptó, { $day }.
consent-earlier-refused = Para una consulta anterior el paciente no aceptó, { $day }.
consent-earlier-withdrawn = Para una consulta anterior el paciente retiró el consentimiento, { $day }.

## Without an appointment

walk-in-words = Su llegada queda registrada en este momento, haya lo que haya agendado.
walk-in-kind = Tipo de consulta
walk-in-provider = Profesional
walk-in-reason = Motivo de la consulta
walk-in-somebody-else = Otra persona
walk-in-done = Llegada sin cita registrada.
# A kind of visit with its usual length.
kind-minutes = { $kind } · { $minutes } min
