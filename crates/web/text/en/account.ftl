### One's own account, under Settings.

account-token-made = The token is made
account-token-copy = Copy it now; it is shown this once.
account-sessions = Where you are signed in
account-this-browser = This browser
account-end = End
account-end-session = End the session of { $browser }, last used { $last }
account-session = last used { $last } · signed in { $since }
account-session-from = last used { $last } · signed in { $since } · from { $address }
account-end-others = End all others
account-unknown-browser = Unknown browser

account-language = Language
account-language-for = For your pages. What people typed stays as it is.
account-language-label = Language of the pages
account-language-browser = As the browser asks
account-language-save = Save the language
account-language-saved = The language is saved.

account-password = Password
account-password-ends = A new one ends all your other sessions.
account-password-current = Current password
account-password-new = New password
account-password-hint = 15 signs or more; four unrelated words are easy to keep
account-password-again = The new password again
account-password-change = Change the password
account-password-changed = The password is changed. All your other sessions are ended.
account-password-not-current = This is not your current password.
account-password-not-yours = This is not your password.
account-password-differs = The two passwords differ; type the same one twice.

account-factor = Second factor
account-factor-set-up = Set it up
account-factor-change = Change it
account-factor-off = Off: the password alone opens your account.
account-factor-on = On
account-factor-since = since { $when }

account-calendar = Calendar on your telephone
account-calendar-make = Make a link
account-calendar-words = A secret link under which a calendar program reads when visits are, without names.

account-templates = Your templates
account-write-them = Write them
account-templates-words = Texts that begin a note, for one kind of visit or for all, with blanks to fill in.
account-style = How drafts are written for you
account-style-choose = Choose
account-style-words = Your own words in place of the scribe’s, learned from the notes you signed; sections and plan by kind of visit.
account-phrases = Your phrases
account-phrases-words = Abbreviations such as .nfl that become a text while you write a note.
account-drafts = Your drafts over time
account-drafts-look = Look
account-drafts-words = How long drafted notes waited for your signature and how much of the drafts you kept. Only you see it.

account-tokens = Tokens for programs
account-tokens-can = What they can do
account-tokens-none = None. A token lets a program act in your name over the JSON interface.
account-token-taken-back = taken back { $when }
account-token-take-back = Take back
account-token-take-back-this = Take back the token { $name }
account-token-used = made { $made } · last used { $used }
account-token-unused = made { $made } · never used
account-token-for = What is the new token for?
account-token-hint = Such as: laboratory import
account-your-password = Your password
account-token-make = Make a token

account-session-ended = The session is ended.
account-sessions-ended =
    { $count ->
        [one] One session is ended.
       *[other] { $count } sessions are ended.
    }
account-token-gone = The token is taken back; it opens nothing any more.
