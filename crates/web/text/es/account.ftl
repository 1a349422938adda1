### One's own account, under Settings.

account-token-made = La clave está creada
account-token-copy = Cópiela ahora; se muestra solo esta vez.
account-sessions = Dónde tiene la sesión abierta
account-this-browser = Este navegador
account-end = Cerrar
account-end-session = Cerrar la sesión de { $browser }, usada por última vez el { $last }
account-session = último uso el { $last } · sesión iniciada el { $since }
account-session-from = último uso el { $last } · sesión iniciada el { $since } · desde { $address }
account-end-others = Cerrar todas las demás
account-unknown-browser = Navegador desconocido

account-language = Idioma
account-language-for = Para sus páginas. Lo que escribieron las personas queda como está.
account-language-label = Idioma de las páginas
account-language-browser = El que pida el navegador
account-language-save = Guardar el idioma
account-language-saved = El idioma quedó guardado.

account-password = Contraseña
account-password-ends = Una nueva cierra todas sus demás sesiones.
account-password-current = Contraseña actual
account-password-new = Contraseña nueva
account-password-hint = 15 caracteres o más; cuatro palabras sin relación son fáciles de recordar
account-password-again = La contraseña nueva otra vez
account-password-change = Cambiar la contraseña
account-password-changed = La contraseña cambió. Todas sus demás sesiones quedaron cerradas.
account-password-not-current = Esta no es su contraseña actual.
account-password-not-yours = Esta no es su contraseña.
account-password-differs = Las dos contraseñas son distintas; escriba la misma dos veces.

account-factor = Segundo factor
account-factor-set-up = Configurarlo
account-factor-change = Cambiarlo
account-factor-off = Desactivado: basta la contraseña para abrir su cuenta.
account-factor-on = Activado
account-factor-since = desde el { $when }

account-calendar = Calendario en su teléfono
account-calendar-make = Crear un enlace
account-calendar-words = Un enlace secreto con el que un programa de calendario lee cuándo hay consultas, sin nombres.

account-templates = Sus plantillas
account-write-them = Escribirlas
account-templates-words = Textos con los que empieza una nota, para un tipo de consulta o para todos, con espacios por llenar.
account-style = Cómo se redactan sus borradores
account-style-choose = Elegir
account-style-words = Sus propias palabras en lugar de las del programa, aprendidas de las notas que firmó; secciones y plan por tipo de consulta.
account-phrases = Sus frases
account-phrases-words = Abreviaturas como .nfl que se convierten en un texto mientras escribe una nota.
account-drafts = Sus borradores a lo largo del tiempo
account-drafts-look = Ver
account-drafts-words = Cuánto esperaron su firma las notas en borrador y cuánto conservó de ellas. Solo usted lo ve.

account-tokens = Claves para programas
account-tokens-can = Qué permiten hacer
account-tokens-none = Ninguna. Una clave permite que un programa actúe en su nombre por la interfaz JSON.
account-token-taken-back = retirada el { $when }
account-token-take-back = Retirar
account-token-take-back-this = Retirar la clave { $name }
account-token-used = creada el { $made } · último uso el { $used }
account-token-unused = creada el { $made } · nunca usada
account-token-for = ¿Para qué es la clave nueva?
account-token-hint = Por ejemplo: importación del laboratorio
account-your-password = Su contraseña
account-token-make = Crear una clave

account-session-ended = La sesión quedó cerrada.
account-sessions-ended =
    { $count ->
        [one] Se cerró una sesión.
       *[other] Se cerraron { $count } sesiones.
    }
account-token-gone = La clave quedó retirada; ya no abre nada.
