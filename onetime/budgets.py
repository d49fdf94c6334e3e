"""How much a stranger may cost: every limit of both ports, once, with its unit and its reason.

Port 9000 and the encrypted one are the chargers', 8000 is that of pages and API. Whoever has not said yet who they are,
and a charger nobody has accepted, are strangers. A limit is held before anything is stored, hashed, cached or logged;
what is over it is refused with a sentence where somebody could read one, and the connection ends where not.
"""

from typing import Final

# --- The opening request, on all ports ---------------------------------------------------------------------------
HEAD_BYTES: Final = 16_384  # request line and headers; a browser with cookies sends 2 kB, a charger 400 bytes
PATH_CHARACTERS: Final = 2_048  # of an address without its question mark; our longest has 200
QUERY_CHARACTERS: Final = 8_192  # a cursor and filters have some hundred; the pages' own live connection 100
AUTHORIZATION_CHARACTERS: Final = 1_024  # of a charger's login: a name of 48 and a password of 64, twice encoded
HEAD_S: Final = 10.0  # until the opening request is there; a charger behind a slow modem takes 2 s
TLS_S: Final = 30.0  # until a TLS handshake is over, round trips of a slow modem and a slow processor
TLS_PRESSED_S: Final = 3.0  # and while others wait for their turn

# --- Connections -------------------------------------------------------------------------------------------------
# Behind a proxy or a router a whole garage has one address, so these are for a garage and not for a charger.
NEWCOMERS: Final = 512  # connections of strangers at the chargers' ports; the oldest makes room for the newest
NEWCOMERS_PER_ADDRESS: Final = 256  # of them from one address: a full garage after a power cut
ARRIVALS_AT_ONCE: Final = 512  # connections from one address in a moment …
ARRIVALS_PER_S: Final = 50.0  # … and in the long run; opening one costs a millisecond
PAGES: Final = 1_024  # connections at the port of the pages; a browser keeps up to seven
PAGES_PER_ADDRESS: Final = 256  # of them of strangers from one address
KEPT_FILES: Final = 384  # descriptors for the database, files, FTP and what the system needs
ACCEPTED_AT_ONCE: Final = 32  # connections taken from the system between two turns of the event loop
TLS_HANDSHAKES: Final = 32  # at the same time; others wait for their turn
FTP_CONNECTIONS: Final = 64  # at once: a third of a full house, all fetching the same firmware
FTP_NEWCOMERS: Final = 32  # that have not logged in yet
FTP_LOGIN_S: Final = 20.0  # until a login is complete
FTP_LINE_BYTES: Final = 1_024  # of a command; the longest has the name of a file
FTP_COMMANDS_AT_ONCE: Final = 50
FTP_COMMANDS_PER_S: Final = 5.0

# --- WebSockets, on all ports ------------------------------------------------------------------------------------
READ_AT_ONCE: Final = 8_192  # bytes; then it is looked whether the connection is to go on
# Packed bytes; they become a megabyte at most before it is looked who has to read first.
UNPACKED_AT_ONCE: Final = 1_024
FRAGMENTS: Final = 256  # of one message
CONTROL_FRAMES_AT_ONCE: Final = 100  # pings and pongs; chargers send one in ten seconds
CONTROL_FRAMES_PER_S: Final = 5.0
UNREAD_ANSWERS_BYTES: Final = 262_144  # that wait because the other side does not read; then it is cut
QUEUED_BYTES: Final = 67_108_864  # unpacked messages of all chargers that wait to be answered

# --- Chargers ----------------------------------------------------------------------------------------------------
FRAME_BYTES: Final = 1_048_576  # of an accepted charger; a StopTransaction with a day of samples is 300 kB
WAITING_FRAME_BYTES: Final = 16_384  # of one that waits for acceptance: it can only boot
WAITING_FRAMES_AT_ONCE: Final = 30  # messages of one that waits …
WAITING_FRAMES_PER_S: Final = 0.2  # … it is told to boot again after ten seconds
RETURNS_AT_ONCE: Final = 20  # connections under one name …
RETURNS_PER_S: Final = 0.5  # … a charger that loses its network comes back after some seconds
WAITING_CHARGERS: Final = 250  # that wait for acceptance; each is a row
CHARGERS: Final = 5_000  # in all; the largest house has 200
WAITING_DAYS: Final = 7.0  # a name that has not called for so long waits no more
WAITING_UNHEARD_S: Final = 600.0  # one that has gone for so long makes room for a new one when all places are taken
WAITING_LOG_AT_ONCE: Final = 32_000.0  # characters of the messages of one charger that waits …
WAITING_LOG_PER_S: Final = 16.0  # … 1.4 MB a day
WAITING_LOG_TOTAL_AT_ONCE: Final = 1_000_000.0  # and of all of them together
WAITING_LOG_TOTAL_PER_S: Final = 128.0
GUESSES_AT_ONCE: Final = 30  # different cards refused at one charger before its answers take longer
GUESSES_PER_S: Final = 1 / 20.0
GUESS_COSTS_S: Final = 5.0  # so that trying all cards of one maker takes centuries; no charger gives up so soon
CACHED_TEXT_CHARACTERS: Final = 32  # a longer text of a charger is worked out anew instead of being remembered

# --- Pages and API -----------------------------------------------------------------------------------------------
BODY_BYTES: Final = 262_144  # of a request that is no file; a local list of 2,000 cards has 200 kB
BODY_S: Final = 30.0  # until such a body is there
BODY_IDLE_S: Final = 30.0  # between two pieces of a file
KEEP_ALIVE_S: Final = 5  # between two requests
WRITE_IDLE_S: Final = 120.0  # for 48 kB of an answer; a slow charger's modem takes 50 s
REQUESTS_AT_ONCE: Final = 200  # requests from one address in a moment: five new browsers open a page …
REQUESTS_PER_S: Final = 50.0  # … and in the long run; each costs some milliseconds
STRANGERS_EVENTS_AT_ONCE: Final = 40  # messages of the pages of strangers at one address: eight open one at once …
STRANGERS_EVENTS_PER_S: Final = 40.0  # … they only log in
ALL_STRANGERS_EVENTS_AT_ONCE: Final = 100  # and of those at all addresses together …
ALL_STRANGERS_EVENTS_PER_S: Final = 80.0  # … a login has some three milliseconds each; whoever is logged in never waits
EVENT_BYTES: Final = 131_072  # of one message of a page; a command written by hand with 1,000 cards has 60 kB
EVENT_NAME_CHARACTERS: Final = 255  # our longest has 120
EVENT_PAGE_CHARACTERS: Final = 4_096  # of all a page says about its address; it is kept with the page's state
EVENTS_AT_ONCE: Final = 60  # messages of one page: opening one sends 5, typing into a search 10 a second
EVENTS_PER_S: Final = 20.0
JOIN_S: Final = 30.0  # from a page's connection until it says which page it is
PAGE_TOKEN_CHARACTERS: Final = 64  # a page makes itself one of 36
STRANGERS_STATE_S: Final = 60.0  # how long the state of a stranger's page is kept after it has gone
LEFT_STATES: Final = 500  # states of pages that have gone and may come back
LOGIN_NAME_CHARACTERS: Final = 80
PASSWORD_CHARACTERS: Final = 256  # more than anybody types; hashing has an end
TOKEN_CHARACTERS: Final = 128  # of a login or an API token; ours have 43

# --- Log ---------------------------------------------------------------------------------------------------------
LOG_LINE_CHARACTERS: Final = 2_000  # of one entry; a traceback may have …
LOG_TRACE_CHARACTERS: Final = 16_000
LOG_PLACE_AT_ONCE: Final = 250  # entries of one place in the code: a full garage comes back after a power cut
LOG_PLACE_PER_S: Final = 0.5
LOG_PLACES: Final = 512  # places in the code whose repeats are counted
LOG_LINES_AT_ONCE: Final = 2_000  # entries of all places …
LOG_LINES_PER_S: Final = 5.0  # … of 2,000 characters, if they are as long as can be
LOG_FILE_BYTES: Final = 10_000_000  # of one log file, before the next begins
LOG_FILES: Final = 5  # kept besides the one that is written
