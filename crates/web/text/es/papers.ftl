### What is printed for a patient: the summary of a visit and the prescription.

paper-back = Volver a la consulta
paper-print = Imprimir
# A link to the same paper in another language; $language is its own name.
paper-in = Otro idioma: { $language }
paper-summary = Resumen de la consulta
# $when is a day and a clock, $kind the kind of visit, $name who sees the patient.
paper-visit = { $when } · { $kind } con { $name }
paper-addenda = Notas agregadas
paper-phone = Teléfono { $phone }
paper-licence = Licencia profesional { $number }
paper-no-licence = Licencia profesional sin registrar
paper-signed = Firmado el { $when }
paper-page = Página { $number } de { $count }
# Whose a paper is, at the foot of every page: name, birth date, record number.
paper-whose = { $name } · fecha de nacimiento { $born } · Expediente { $number }
# Above what is prescribed or told; $allergies is a list.
paper-allergies = Alergias: { $allergies }
# Stands on papers in another language than English alone.
paper-as-written = Lo que escribió el consultorio y los nombres de los medicamentos aparecen tal como se escribieron.

## The prescription, which a pharmacist reads too: where the language is not the country's, both words stand.

rx-title = Receta médica (Prescription)
rx-nothing = No se recetó nada
rx-nothing-words = Esta consulta no tiene medicamentos por surtir.
rx-for = Para (For): { $indication }
rx-quantity = Cantidad (Quantity) { $count }
rx-refills = Resurtidos (Refills) { $count }

## The note

note-empty = Aún no hay nada escrito
note-empty-words = La nota de esta consulta está vacía.
note-drafted = Algunas partes son un borrador automático
note-vitals = Signos vitales
note-symptoms = Síntomas
note-prescriptions = Medicamentos recetados
# A symptom that is not there.
note-no = No presenta: { $name }
note-severity = intensidad { $number } de 10
# How long a medicine is taken; $duration as it was written.
note-duration = (duración: { $duration })
note-quantity = Cantidad { $count }
note-refills = Resurtidos { $count }
# What a medicine is for; $indication as it was written.
note-for = Para: { $indication }
