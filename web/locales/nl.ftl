# SPDX-License-Identifier: EUPL-1.2
# Copyright the Zegel authors

## Overal

close = Sluiten
dismiss = Wegklikken
try-again = Opnieuw proberen
try-now = Nu proberen
or = of
language = Taal
copy-link = Link kopiëren
meeting = Vergadering
title-meeting = Vergadering – Zegel
title-unread = ({ $unread }) Vergadering – Zegel
you = { $name } (u)
you-alone = U

## Startpagina

landing-title = Overleg in vertrouwen
landing-lead = Videovergaderingen die alleen de deelnemers kunnen zien en horen. Niets te installeren, geen account nodig.
new-meeting = Nieuwe vergadering
with-lobby = Met een wachtkamer: ik laat mensen zelf binnen
open-label = Hebt u een link?
open-button = Openen
promise-sealed = Verzegeld van begin tot eind
promise-sealed-why = Beeld, geluid, chat en namen worden op uw apparaat versleuteld en pas op dat van de anderen geopend.
promise-nothing = Er blijft niets bewaard
promise-nothing-why = Geen account, geen opname, geen lijst van wie met wie sprak.
promise-plain = De link is de vergadering
promise-plain-why = Het geheime deel blijft in uw browser. De server krijgt het nooit.

link-empty = Plak hier de hele link van een vergadering.
link-length = Deze link is niet volledig, of er is iets anders bij geplakt. Vraag hem opnieuw en kopieer hem helemaal.
link-letters = Dit is geen link van een vergadering. Zo’n link ziet eruit als een adres met een # erin.
link-other-host = Deze link hoort bij een andere server. Open hem in de adresbalk.
link-version = Deze link is gemaakt met een nieuwere versie van Zegel. Laad de pagina opnieuw; helpt dat niet, vraag uw beheerder dan om een update.
link-flags = Deze vergadering vraagt iets dat deze versie van Zegel niet kent. Laad de pagina opnieuw; helpt dat niet, vraag uw beheerder dan om een update.
link-host-key = Deze gastheerlink hoort niet bij de vergadering die erin staat. Kopieer hem opnieuw van waar u hem bewaarde.

## Voor het deelnemen

prejoin-title = Klaar om deel te nemen?
name-label = Uw naam
name-problem = Typ een naam die de anderen zullen zien: minstens één letter, en niet langer dan één regel.
join = Deelnemen
join-hint = Niemand ziet of hoort u voordat u deelneemt.
invite-title = Anderen uitnodigen
invite-why = Wie de link heeft, kan vragen om binnen te komen. Stuur hem alleen aan hen.
devices = Microfoon, camera en geluid
device-microphone = Microfoon
device-camera = Camera
device-speaker = Luidspreker
device-none = Geen gevonden
device-unnamed =
    { $kind ->
        [microphone] Microfoon { $number }
        [camera] Camera { $number }
       *[speaker] Luidspreker { $number }
    }
speaker-test = Testgeluid afspelen
mic-level = Microfoonniveau
camera-is-off = Uw camera staat uit
camera-starting = De camera start…

link-title = De link van deze vergadering
link-label = Link
link-by-hand = Uw browser laat deze pagina niet kopiëren. Selecteer de link en kopieer hem.
link-copied = Link gekopieerd

capture-denied =
    { $kind ->
        [both] Microfoon en camera zijn geblokkeerd voor deze pagina. Klik op het teken links van het adres, sta beide toe en probeer het opnieuw. Zijn ze daar al toegestaan, kijk dan in de privacy-instellingen van uw computer. U kunt ook zonder deelnemen.
        [microphone] De microfoon is geblokkeerd voor deze pagina. Klik op het teken links van het adres, sta de microfoon toe en probeer het opnieuw. Is hij daar al toegestaan, kijk dan in de privacy-instellingen van uw computer. Zonder microfoon kunt u meekijken en luisteren.
        [camera] De camera is geblokkeerd voor deze pagina. Klik op het teken links van het adres, sta de camera toe en probeer het opnieuw. Is hij daar al toegestaan, kijk dan in de privacy-instellingen van uw computer. U kunt ook zonder deelnemen.
       *[screen] Het scherm delen is niet toegestaan, door u of door de instellingen van uw computer.
    }
capture-dismissed =
    { $kind ->
        [both] De vraag over microfoon en camera is gesloten. Probeer het opnieuw en kies “Toestaan”. U kunt ook zonder deelnemen.
        [microphone] De vraag over de microfoon is gesloten. Probeer het opnieuw en kies “Toestaan”. Zonder microfoon kunt u meekijken en luisteren.
        [camera] De vraag over de camera is gesloten. Probeer het opnieuw en kies “Toestaan”. U kunt ook zonder deelnemen.
       *[screen] Er is geen scherm gekozen.
    }
capture-missing =
    { $kind ->
        [both] Er is geen microfoon en geen camera gevonden. Sluit ze aan en probeer het opnieuw. U kunt ook zonder deelnemen.
        [microphone] Er is geen microfoon gevonden. Sluit er een aan en probeer het opnieuw. Zonder microfoon kunt u meekijken en luisteren.
        [camera] Er is geen camera gevonden. Sluit er een aan en probeer het opnieuw. U kunt ook zonder deelnemen.
       *[screen] Er is geen scherm om te delen.
    }
capture-busy =
    { $kind ->
        [both] Een ander programma gebruikt microfoon en camera. Sluit het en probeer het opnieuw. U kunt ook zonder deelnemen.
        [microphone] Een ander programma gebruikt de microfoon. Sluit het en probeer het opnieuw.
        [camera] Een ander programma gebruikt de camera. Sluit het en probeer het opnieuw. U kunt ook zonder deelnemen.
       *[screen] Het scherm kon niet worden opgenomen. Probeer het opnieuw, of kies een enkel venster.
    }
capture-insecure =
    { $kind ->
        [both] Deze pagina is niet via HTTPS geopend, en dan geeft de browser geen microfoon en camera. Vraag uw beheerder om hulp.
        [microphone] Deze pagina is niet via HTTPS geopend, en dan geeft de browser geen microfoon. Vraag uw beheerder om hulp.
        [camera] Deze pagina is niet via HTTPS geopend, en dan geeft de browser geen camera. Vraag uw beheerder om hulp.
       *[screen] In deze browser kan een pagina het scherm niet delen.
    }
capture-failed =
    { $kind ->
        [both] Microfoon en camera startten niet. Kies andere, of trek de stekkers eruit en sluit ze opnieuw aan. U kunt ook zonder deelnemen.
        [microphone] De microfoon startte niet. Kies een andere, of trek de stekker eruit en sluit hem opnieuw aan.
        [camera] De camera startte niet. Kies een andere, of trek de stekker eruit en sluit hem opnieuw aan. U kunt ook zonder deelnemen.
       *[screen] Het scherm kon niet worden gedeeld.
    }

## Naar binnen en naar buiten

joining-title = Bezig met deelnemen…
joining-why = Uw apparaat spreekt sleutels af met de anderen. Dit duurt even.
knocking-title = U vraagt om binnen te komen
knocking-why = U bent niet in de vergadering. Niemand kan u zien of horen. De anderen is gevraagd u binnen te laten.
waiting-title = Wachten op een gastheer
waiting-why = U bent niet in de vergadering. Niemand kan u zien of horen. Een gastheer ziet dat u wacht, en laat u binnen of niet.
waiting-server-away = De server antwoordt nog niet. Er wordt opnieuw geprobeerd. Blijft dit zo, controleer dan uw verbinding of vraag het uw beheerder.
leave-waiting = Niet meer wachten
left-title = U hebt de vergadering verlaten
left-why = Uw sleutels van deze vergadering zijn gewist.
rejoin = Opnieuw deelnemen
home = Naar het begin

error-code = Code voor wie u helpt: { $code }
failure-removed = U bent uit de vergadering verwijderd
failure-removed-why = De anderen gaan verder met nieuwe sleutels. U ziet en hoort er niets meer van, en zij niets van u.
failure-lost = De vergadering ging zonder u verder
failure-lost-why = U was te lang weg om nog bij te komen. Neem opnieuw deel om verder te gaan.
failure-too-large = De vergadering is te groot voor deze browser
failure-too-large-why = Er kwamen meer mensen dan deze versie van Zegel kan volgen.
failure-version = Deze pagina en de server passen niet bij elkaar
failure-version-why = De server heeft een andere versie. Laad de pagina opnieuw. Helpt dat niet, vraag het uw beheerder.
failure-full = De server is vol
failure-full-why = Hij neemt op dit moment niemand meer aan. Probeer het over een paar minuten opnieuw, of meld het uw beheerder.
failure-unreachable = De server antwoordt niet
failure-unreachable-why = Controleer uw verbinding, probeer een ander netwerk of zet een VPN uit. Uw beheerder kan zien of de server werkt.
failure-worker = De versleuteling startte niet
failure-worker-why = Er is dus niets verzonden. Laad de pagina opnieuw. Helpt dat niet, probeer een andere browser en meld het uw beheerder.
failure-internal = Er ging aan uw kant iets mis
failure-internal-why = Voor de zekerheid is de vergadering verlaten. Neem opnieuw deel.

unsupported-title = Deze browser kan een vergadering niet geheim houden
unsupported-why = Hij mist wat Zegel nodig heeft om beeld en geluid zelf te versleutelen. Zonder dat gaat Zegel niet verder.
unsupported-missing = Wat er ontbreekt
unsupported-help = Gebruik een actuele Firefox, Chromium, Chrome, Edge of Safari. Is de uwe actueel, dan heeft uw beheerder misschien iets uitgezet: laat deze pagina zien.

## De vergadering

chip-sealed =
    { $people ->
        [one] End-to-end-versleuteld, alleen u
       *[other] End-to-end-versleuteld, { $people } mensen
    }
chip-joining = Nog niet in de vergadering
chip-broken = Niet veilig: er wordt niets verzonden
chip-fork = Misschien zit er iemand tussen

security-sealed = Alles wat u zegt, laat zien en schrijft, wordt op dit apparaat versleuteld, en alleen de mensen in deze vergadering kunnen het openen. De server geeft door wat hij niet kan lezen.
security-joining = U hoort nog bij geen groep en hebt dus geen sleutels: u kunt niets zien of horen, en er wordt niets van u verzonden.
security-broken = Er is iets mis met de versleuteling. Voor de zekerheid wordt er niets van u verzonden en niets van anderen getoond. Verlaat de vergadering en neem opnieuw deel.
code-title = Vergadercode
code-how = Laat één persoon deze code voorlezen. Ziet iedereen dezelfde, dan zit er niemand tussen. De code verandert zodra iemand komt of gaat.
code-copy = Code kopiëren
code-copied = Code gekopieerd
code-spoken = Vergadercode: { $code }
names-title = Namen
names-why =
    { $verified ->
        [0] Iedereen heeft de eigen naam gekozen, en niemand heeft die gecontroleerd. Vertrouw op een gezicht of een stem die u kent, eerder dan op een naam.
       *[other] De namen van { $verified } van de { $people } mensen zijn gecontroleerd. Vertrouw op een gezicht of een stem die u kent, eerder dan op een naam die niet gecontroleerd is.
    }
server-title = Wat de server ziet
server-sees = Uw netwerkadres, wanneer u komt en gaat, met hoevelen u bent, en hoeveel u verzendt. Niet: geluid, beeld, chat, namen, of wie er spreekt.
epoch = De sleutels zijn in deze vergadering { $epoch } keer vernieuwd.

controls = Bediening
mute = Dempen
unmute = Niet dempen
camera-stop = Beeld uit
camera-start = Beeld aan
share = Scherm delen
share-stop = Delen stoppen
sharing = De anderen zien uw scherm.
hand-raise = Hand opsteken
hand-lower = Hand omlaag
chat = Chat
people = Mensen
people-count =
    { $people ->
        [one] 1 persoon
       *[other] { $people } mensen
    }
more = Meer
leave = Verlaten
settings = Instellingen
unread =
    { $count ->
        [one] 1 ongelezen bericht
       *[other] { $count } ongelezen berichten
    }

tiles = Mensen in beeld
pages = Pagina’s met mensen
page-back = Vorige mensen
page-forward = Volgende mensen
page-of = { $page } van { $pages }
alone = U bent hier alleen. Stuur de link aan wie u wilt spreken.
pin = { $name } vastzetten
screen-of = Scherm van { $name }
tile-waiting = Wachten op het beeld…
tile-refused = Wat { $name } verzendt kan niet worden geopend, en wordt dus niet getoond.
sign-muted = Microfoon uit
sign-microphone-on = Microfoon aan
sign-camera-on = Camera aan
sign-camera-off = Camera uit
sign-sharing = Deelt het scherm
sign-hand = Hand opgestoken
sign-speaking = Spreekt
sign-poor = Slechte verbinding
sign-lost = Verbinding verbroken
hand-place = Hand opgestoken, nummer { $place }
name-verified = Naam gecontroleerd
name-unverified = Naam niet gecontroleerd

chat-messages = Berichten
chat-empty = Berichten zijn versleuteld zoals al het andere, en weg zodra u vertrekt.
chat-write = Schrijf aan iedereen
chat-send = Versturen
chat-too-long = Te lang: maak er twee berichten van.
chat-not-sent = Niet verstuurd: u hebt geen verbinding. Probeer het zo opnieuw.
chat-from = { $name }: { $text }

came = { $name } is binnengekomen
came-many = { $count } mensen zijn binnengekomen
went = { $name } is vertrokken
went-many = { $count } mensen zijn vertrokken
raised = { $name } stak een hand op
shares = { $name } deelt een scherm
door-knock = { $name } wacht aan de deur

## De deur van een vergadering met een wachtkamer

door = Aan de deur
door-count =
    { $count ->
        [one] { $count } persoon wacht aan de deur
       *[other] { $count } mensen wachten aan de deur
    }
door-admitted = Binnengelaten, en onderweg
admit = Binnenlaten
admit-name = Binnenlaten: { $name }
admit-all = Allen binnenlaten
refuse = Weigeren
refuse-name = Weigeren: { $name }

trouble-server-away = De verbinding met de server is weg. Er wordt opnieuw geprobeerd; u blijft in de vergadering.
trouble-media-away = Op dit moment is er geen geluid en beeld. Er wordt opnieuw geprobeerd; de chat werkt.
trouble-media-blocked = Dit netwerk laat geen geluid en beeld door. Probeer een ander netwerk of zet een VPN uit; uw beheerder kan het openstellen.
trouble-profile = Uw browser wilde verzenden op een manier die niet is afgesproken, en verzendt daarom niets. Werk hem bij, of gebruik een andere.
trouble-worker-dead = De versleuteling is gestopt; er wordt niets verzonden en niets getoond. Verlaat de vergadering, laad de pagina opnieuw en neem weer deel.
trouble-unsealed = Van uw microfoon of camera kon niet worden vastgesteld dat hij versleuteld is, en daarom is hij afgesneden. Verlaat de vergadering en neem opnieuw deel.
trouble-fork = Niet alle mensen hier zien dezelfde vergadering. Misschien zit er iemand tussen. Zeg niets geheims; verlaat de vergadering en spreek af met een nieuwe link.
trouble-silence = Van de apparaten van de anderen is niets gehoord, terwijl dat wel moest. Misschien houdt de server het tegen.
trouble-sound-blocked = Uw browser speelt geen geluid af voordat u klikt.
play-sound = Geluid afspelen

## Instellingen

appearance = Weergave
theme = Kleuren
theme-auto = Zoals op dit apparaat
theme-light = Licht
theme-dark = Donker
show-self = Mijn eigen beeld tonen
shortcuts = Toetsenbord
shortcuts-use = Losse toetsen als sneltoets gebruiken
shortcut-microphone = Microfoon aan of uit
shortcut-camera = Camera aan of uit
shortcut-screen = Scherm delen
shortcut-hand = Hand opsteken of omlaag
shortcut-chat = Chat openen of sluiten
shortcut-people = Lijst van mensen openen of sluiten
shortcut-security = Vergadercode tonen
report = Technisch verslag
report-why = Voor wie u helpt. Er staan geen namen, adressen of sleutels in.
report-show = Bekijken
report-copy = Verslag kopiëren
report-copied = Verslag gekopieerd
