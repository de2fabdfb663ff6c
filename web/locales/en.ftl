# SPDX-License-Identifier: EUPL-1.2
# Copyright the Zegel authors

## Everywhere

close = Close
dismiss = Dismiss
try-again = Try again
try-now = Try now
or = or
language = Language
copy-link = Copy link
meeting = Meeting
title-meeting = Meeting – Zegel
title-unread = ({ $unread }) Meeting – Zegel
you = { $name } (you)
you-alone = You

## Landing page

landing-title = Meet in confidence
landing-lead = Video meetings that only the people in them can see and hear. Nothing to install, no account.
new-meeting = New meeting
with-lobby = With a lobby: I let people in one by one
open-label = Have a link?
open-button = Open
promise-sealed = Sealed end to end
promise-sealed-why = Picture, sound, chat and names are encrypted on your device and opened on theirs.
promise-nothing = Nothing is kept
promise-nothing-why = No account, no recording, no list of who met whom.
promise-plain = The link is the meeting
promise-plain-why = Its secret part stays in your browser. The server never receives it.

link-empty = Paste the whole link of a meeting here.
link-length = This link is incomplete, or something else was pasted with it. Ask for it again and copy all of it.
link-letters = This is not the link of a meeting. It looks like an address with a # in it.
link-other-host = This link belongs to another server. Open it in the address bar.
link-version = This link was made by a newer version of Zegel. Reload the page; if that does not help, ask your administrator for an update.
link-flags = This meeting asks for something that this version of Zegel does not know. Reload the page; if that does not help, ask your administrator for an update.
link-host-key = This host’s link does not belong to the meeting that it names. Copy it anew from where you kept it.

## Before joining

prejoin-title = Ready to join?
name-label = Your name
name-problem = Type a name that the others will see: at least one letter, and not longer than one line.
join = Join
join-hint = Nobody sees or hears you until you join.
invite-title = Invite others
invite-why = Whoever has the link can ask to come in. Send it only to them.
devices = Microphone, camera and sound
device-microphone = Microphone
device-camera = Camera
device-speaker = Speaker
device-none = None found
device-unnamed =
    { $kind ->
        [microphone] Microphone { $number }
        [camera] Camera { $number }
       *[speaker] Speaker { $number }
    }
speaker-test = Play a test sound
mic-level = Microphone level
camera-is-off = Your camera is off
camera-starting = Starting the camera…

link-title = The link of this meeting
link-label = Link
link-by-hand = Your browser does not let this page copy. Select the link and copy it.
link-copied = Link copied

capture-denied =
    { $kind ->
        [both] Microphone and camera are blocked for this page. Click the sign left of the address, allow both, and try again. If they are allowed there, look in your computer’s privacy settings. You can join without them.
        [microphone] The microphone is blocked for this page. Click the sign left of the address, allow the microphone, and try again. If it is allowed there, look in your computer’s privacy settings. Without it you can listen and watch.
        [camera] The camera is blocked for this page. Click the sign left of the address, allow the camera, and try again. If it is allowed there, look in your computer’s privacy settings. You can join without it.
       *[screen] Sharing the screen is not allowed, by you or by your computer’s settings.
    }
capture-dismissed =
    { $kind ->
        [both] The question about microphone and camera was closed. Try again and choose “Allow”. You can join without them.
        [microphone] The question about the microphone was closed. Try again and choose “Allow”. Without it you can listen and watch.
        [camera] The question about the camera was closed. Try again and choose “Allow”. You can join without it.
       *[screen] No screen was chosen.
    }
capture-missing =
    { $kind ->
        [both] No microphone and no camera were found. Plug them in and try again. You can join without them.
        [microphone] No microphone was found. Plug one in and try again. Without it you can listen and watch.
        [camera] No camera was found. Plug one in and try again. You can join without it.
       *[screen] There is no screen to share.
    }
capture-busy =
    { $kind ->
        [both] Another program is using microphone and camera. Close it and try again. You can join without them.
        [microphone] Another program is using the microphone. Close it and try again.
        [camera] Another program is using the camera. Close it and try again. You can join without it.
       *[screen] The screen could not be captured. Try again, or choose a single window.
    }
capture-insecure =
    { $kind ->
        [both] This page was not opened over HTTPS, so the browser keeps microphone and camera away from it. Ask your administrator.
        [microphone] This page was not opened over HTTPS, so the browser keeps the microphone away from it. Ask your administrator.
        [camera] This page was not opened over HTTPS, so the browser keeps the camera away from it. Ask your administrator.
       *[screen] This browser does not let a page share the screen.
    }
capture-failed =
    { $kind ->
        [both] Microphone and camera did not start. Choose others, or unplug them and plug them in again. You can join without them.
        [microphone] The microphone did not start. Choose another one, or unplug it and plug it in again.
        [camera] The camera did not start. Choose another one, or unplug it and plug it in again. You can join without it.
       *[screen] The screen could not be shared.
    }

## On the way in and out

joining-title = Joining…
joining-why = Your device is agreeing on keys with the others. This takes a moment.
knocking-title = Asking to come in
knocking-why = You are not in the meeting. Nobody can see or hear you. The others have been asked to let you in.
waiting-title = Waiting for a host
waiting-why = You are not in the meeting. Nobody can see or hear you. A host sees that you wait, and lets you in or not.
waiting-server-away = The server does not answer yet. Trying again. If this goes on, check your connection or ask your administrator.
leave-waiting = Stop waiting
left-title = You left the meeting
left-why = Your keys of this meeting have been wiped.
rejoin = Join again
home = To the start

error-code = Code for whoever helps you: { $code }
failure-removed = You were removed from the meeting
failure-removed-why = The others go on with new keys. You see and hear nothing more of it, and they nothing of you.
failure-lost = The meeting went on without you
failure-lost-why = You were away for too long to catch up. Join again to go on.
failure-too-large = The meeting is too large for this browser
failure-too-large-why = More people have come than this version of Zegel can follow.
failure-version = This page and the server do not match
failure-version-why = The server has another version. Reload the page. If that does not help, ask your administrator.
failure-full = The server is full
failure-full-why = It takes no more people at the moment. Try again in a few minutes, or tell your administrator.
failure-unreachable = The server does not answer
failure-unreachable-why = Check your connection, try another network, or switch off a VPN. Your administrator can see whether the server runs.
failure-worker = Encryption did not start
failure-worker-why = So nothing was sent. Reload the page. If that does not help, try another browser, and tell your administrator.
failure-internal = Something went wrong on your side
failure-internal-why = The meeting was left to be on the safe side. Join again.

unsupported-title = This browser cannot keep a meeting secret
unsupported-why = It lacks what Zegel needs to encrypt picture and sound itself. Zegel does not go on without that.
unsupported-missing = What is missing
unsupported-help = Use a current Firefox, Chromium, Chrome, Edge or Safari. If yours is current, your administrator may have switched something off: show them this page.

## The meeting

chip-sealed =
    { $people ->
        [one] End-to-end encrypted, only you
       *[other] End-to-end encrypted, { $people } people
    }
chip-joining = Not in the meeting yet
chip-broken = Not secure: nothing is sent
chip-fork = Somebody may stand between you

security-sealed = Everything you say, show and write is encrypted on this device, and only the people in this meeting can open it. The server passes on what it cannot read.
security-joining = You are in no group yet, so you have no keys: you can see and hear nothing, and nothing of you is sent.
security-broken = Something is wrong with the encryption. To be on the safe side nothing of you is sent and nothing of others is shown. Leave, and join again.
code-title = Meeting code
code-how = Let one person read this code aloud. If everybody sees the same, nobody stands between you. It changes whenever somebody comes or goes.
code-copy = Copy the code
code-copied = Code copied
code-spoken = Meeting code: { $code }
names-title = Names
names-why =
    { $verified ->
        [0] Everybody has chosen their own name, and nobody has checked it. Trust a face or a voice that you know, rather than a name.
       *[other] The names of { $verified } of { $people } people have been checked. Trust a face or a voice that you know, rather than an unchecked name.
    }
server-title = What the server sees
server-sees = Your network address, when you come and go, how many you are, and how much you send. Not: sound, picture, chat, names, or who is speaking.
epoch = Keys were renewed { $epoch } times in this meeting.

controls = Controls
mute = Mute
unmute = Unmute
camera-stop = Stop video
camera-start = Start video
share = Share screen
share-stop = Stop sharing
sharing = The others see your screen.
hand-raise = Raise hand
hand-lower = Lower hand
chat = Chat
people = People
people-count =
    { $people ->
        [one] 1 person
       *[other] { $people } people
    }
more = More
leave = Leave
settings = Settings
unread =
    { $count ->
        [one] 1 unread message
       *[other] { $count } unread messages
    }

tiles = People in view
pages = Pages of people
page-back = Previous people
page-forward = Next people
page-of = { $page } of { $pages }
alone = You are the only one here. Send the link to those you want to meet.
pin = Pin { $name }
screen-of = { $name }’s screen
tile-waiting = Waiting for the picture…
tile-refused = What { $name } sends cannot be opened, so it is not shown.
sign-muted = Microphone off
sign-microphone-on = Microphone on
sign-camera-on = Camera on
sign-camera-off = Camera off
sign-sharing = Shares the screen
sign-hand = Hand raised
sign-speaking = Speaking
sign-poor = Poor connection
sign-lost = Connection lost
hand-place = Hand raised, number { $place }
name-verified = Name checked
name-unverified = Name not checked

chat-messages = Messages
chat-empty = Messages are encrypted like everything else, and gone when you leave.
chat-write = Write to everybody
chat-send = Send
chat-too-long = Too long: split it in two.
chat-not-sent = Not sent: you are not connected. Try again in a moment.
chat-from = { $name }: { $text }

came = { $name } joined
came-many = { $count } people joined
went = { $name } left
went-many = { $count } people left
raised = { $name } raised a hand
shares = { $name } shares a screen
door-knock = { $name } waits at the door

## The door of a meeting with a lobby

door = At the door
door-count =
    { $count ->
        [one] { $count } person waits at the door
       *[other] { $count } people wait at the door
    }
door-admitted = Let in, and on the way
admit = Let in
admit-name = Let in { $name }
admit-all = Let all in
refuse = Refuse
refuse-name = Refuse { $name }

trouble-server-away = The connection to the server is gone. Trying again; you stay in the meeting.
trouble-media-away = No sound and picture at the moment. Trying again; chat works.
trouble-media-blocked = This network lets no sound and picture through. Try another network or switch off a VPN; your administrator can open it.
trouble-profile = Your browser wanted to send in a way that was not agreed, so it sends nothing. Update it, or use another one.
trouble-worker-dead = Encryption has stopped, so nothing is sent and nothing is shown. Leave, reload the page and join again.
trouble-unsealed = It could not be shown that your microphone or camera is encrypted, so it was cut off. Leave and join again.
trouble-fork = The people in this meeting do not all see the same meeting. Somebody may stand between you. Say nothing secret; leave, and meet by a new link.
trouble-silence = Nothing has been heard from the others’ devices although it should have. The server may be holding it back.
trouble-sound-blocked = Your browser plays no sound until you click.
play-sound = Play sound

## Settings

appearance = Appearance
theme = Colours
theme-auto = As on this device
theme-light = Light
theme-dark = Dark
show-self = Show my own picture
shortcuts = Keyboard
shortcuts-use = Use single keys as shortcuts
shortcut-microphone = Microphone on or off
shortcut-camera = Camera on or off
shortcut-screen = Share the screen
shortcut-hand = Raise or lower your hand
shortcut-chat = Open or close the chat
shortcut-people = Open or close the list of people
shortcut-security = Show the meeting code
report = Technical report
report-why = For whoever helps you. It holds no names, addresses or keys.
report-show = Look at it
report-copy = Copy the report
report-copied = Report copied
