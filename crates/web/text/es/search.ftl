### What the search box finds beside people, and what stands under it.

found-last = Abiertos recientemente
found-visit = última consulta { $day }
found-no-visit = sin consultas aún
found-nothing = No se encontró nada. Pruebe con menos letras, la fecha de nacimiento o el teléfono.

place-note = Nota
place-addendum = Nota agregada
place-problem = Problema
place-medication = Medicamento
place-document = Documento

## Things to do, found by their names; in any language the English name finds them too.

deed-day = Día
deed-calendar = Calendario
deed-week = Semana
deed-month = Mes
deed-leave = Ausencias y horarios cerrados
deed-book = Agendar una consulta
deed-walk-in = Atender a quien llega sin cita
deed-print = Imprimir la lista del día
deed-register = Registrar un paciente
deed-duplicates = Duplicados
deed-unsigned = Notas sin firmar
deed-audit = Registro de auditoría
deed-settings = Ajustes del consultorio
deed-people = Personas con acceso
