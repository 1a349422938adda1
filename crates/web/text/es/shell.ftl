### What stands around every page, and the parts that pages share.

shell-skip = Ir al contenido
shell-main = Principal
shell-day = Día
shell-patients = Pacientes
shell-unsigned = Sin firmar
# Read out after the number beside "Unsigned".
shell-unsigned-waiting = pendientes
shell-audit = Auditoría
shell-settings = Ajustes
shell-find = Busque un paciente, una palabra en los expedientes o algo que hacer
shell-find-hint = Paciente, palabra, acción
shell-account = Su cuenta
shell-colours = Colores
shell-system = Del sistema
shell-light = Claro
shell-dark = Oscuro
shell-lines = Espaciado
shell-comfortable = Amplio
shell-compact = Compacto
shell-keys = Atajos de teclado
shell-close = Cerrar
shell-lock = Bloquear
# What the shortcut does, in the list of shortcuts.
shell-lock-page = Bloquear esta página
shell-sign-out = Cerrar sesión
shell-locked = Sesión bloqueada
shell-kept = Lo que escribió sigue aquí.
shell-password-of = Contraseña de { $name }
shell-unlock = Desbloquear
# At the foot of what is printed; $when is a day and a clock.
shell-printed = Impreso el { $when } por { $name }

## Settings

shell-practice = Consultorio
shell-people = Personas

## Forms

form-check = Revise esto antes de guardar
form-optional = opcional

## The patient's banner

banner-patient = Paciente
banner-born = Nacimiento
banner-sex = Sexo
banner-record = Expediente
banner-phone = Teléfono
banner-deceased = Falleció el { $day }
banner-allergies = Alergias
banner-none-known = Sin alergias conocidas
banner-not-asked = Alergias sin registrar
# $name is who asked.
banner-asked-by = preguntó { $name }, { $day }

## Others

pager-pages = Páginas
draft-tag = Borrador automático
