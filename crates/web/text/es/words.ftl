### The clinic's own words, by the value that the record holds.

role-admin = administración
role-provider = profesional de la salud
role-staff = personal

sex-female = Femenino
sex-male = Masculino
sex-other = Otro

severity-mild = leve
severity-moderate = moderada
severity-severe = grave
severity-life-threatening = con riesgo de muerte

# Of an appointment, which is feminine: la cita.
status-scheduled = Programada
status-checked-in = En espera
status-in-progress = En consulta
status-completed = Terminada
status-cancelled = Cancelada
status-no-show = No asistió

kind-new-patient = Primera consulta
kind-follow-up = Consulta de seguimiento
kind-routine-checkup = Chequeo de rutina
kind-sick-visit = Consulta por enfermedad
kind-telehealth = Teleconsulta

# What happens to a medication.
action-start = Iniciar
action-continue = Continuar
action-change = Cambiar
action-stop = Suspender

# The sections of a note.
section-chief-complaint = Motivo de consulta
section-history = Enfermedad actual
section-systems = Revisión por sistemas
section-exam = Examen físico
section-diagnosis = Diagnóstico
section-diagnosis-notes = Notas del diagnóstico
section-plan = Plan de tratamiento
section-follow-up = Seguimiento
section-education = Orientación al paciente

vital-blood-pressure = Presión arterial
vital-pulse = Pulso
vital-temperature = Temperatura
vital-breathing = Respiración
vital-oxygen = Oxígeno
vital-weight = Peso
vital-pain = Dolor
# After the number.
vital-of-ten = de 10
vital-height = Estatura
vital-bmi = IMC
