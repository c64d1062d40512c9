/*
 * Everything a server controls has a bound, and every bound stands here.
 * Sizes are octets, times milliseconds, the rest are counts.
 */
#ifndef IDLEBELL_IMAP_LIMITS_H
#define IDLEBELL_IMAP_LIMITS_H

enum imap_limit {
	/* One response line, its literals not counted.  Real servers send
	 * capability lines and SEARCH results of some kilobytes. */
	IMAP_LINE_MAX = 64 * 1024,
	/* A literal that is kept.  Larger ones are read past and dropped. */
	IMAP_LITERAL_MAX = 512 * 1024,
	/* A literal that is read past; a larger one ends the connection. */
	IMAP_LITERAL_SKIP_MAX = 64 * 1024 * 1024,
	/* One response with its kept literals. */
	IMAP_RESPONSE_MAX = 1024 * 1024,
	/* Literals in one response. */
	IMAP_LITERALS_MAX = 64,
	/* Parentheses within parentheses. */
	IMAP_DEPTH_MAX = 32,
	/* Parts of a message, and parts within parts. */
	IMAP_PARTS_MAX = 1000,
	IMAP_PARTS_DEPTH_MAX = 16,
	/* Members of one list: flags, addresses, attributes, UIDs. */
	IMAP_LIST_MAX = 4096,
	/* Capabilities remembered, and the length of one. */
	IMAP_CAPABILITIES_MAX = 256,
	IMAP_CAPABILITY_LENGTH_MAX = 128,
	/* Human text kept from a status response, for the log. */
	IMAP_TEXT_MAX = 512,
	/* What may come before a greeting is whole. */
	IMAP_GREETING_MAX = 16 * 1024,
	/* Responses in a row that could not be understood. */
	IMAP_GARBAGE_MAX = 100,
	/* Untagged responses to one command of ours before login. */
	IMAP_CHATTER_MAX = 1000,
	/* Messages that one FETCH may report; the rest waits its turn. */
	IMAP_NEWS_MAX = 100000,
	/* Ranges of UIDs in one set. */
	IMAP_RANGES_MAX = 16384,
	/* Ranges of UIDs that one command names (RFC 2683 3.2.1.5: 8000
	 * octets). */
	IMAP_ACT_RANGES_MAX = 340,
	/* Messages in one change. */
	IMAP_ACT_MAX = 10000,
	/* Messages whose sequence numbers are followed. */
	IMAP_ROSTER_MAX = 1024,
	/* Octets of a message asked for at once, RFC 3501 6.4.5. */
	IMAP_PIECE_SIZE = 128 * 1024,
	/* Octets of the text that news carry where there is no PREVIEW. */
	IMAP_PREVIEW_SIZE = 2048,
	/* New messages whose preview a server may be made to work out at once
	 * (RFC 8970 4.2). */
	IMAP_PREVIEWS_MAX = 50,
	/* Messages a task may ask for by imap_session_last(). */
	IMAP_LAST_MAX = 1000,
	/* Commands sent and not yet answered. */
	IMAP_PIPELINE_MAX = 8,
	/* Tags come round behind it: they stay short. */
	IMAP_TAG_MAX = 999,
	/* Mailboxes listed, and the octets of their names and attributes. */
	IMAP_MAILBOXES_MAX = 10000,
	IMAP_LISTING_MAX = 4 * 1024 * 1024,
	/* A pattern of mailboxes. */
	IMAP_PATTERN_MAX = 255,
	/* Mailboxes watched over one connection. */
	IMAP_WATCHED_MAX = 2000,
	/* A command that names many of them, about. */
	IMAP_NAMES_MAX = 4000,
	/* Names within NOTIFY: Dovecot takes 100. */
	IMAP_NOTIFY_NAMES_MAX = 90,
	/* Visits in a row that find nothing, though the server said there was
	 * something, before it is believed less. */
	IMAP_FRUITLESS_MAX = 3,
	/* Announcements in a row that the header promised for did not follow.
	 */
	IMAP_MISSED_MAX = 3,
	/* Messages told lately whose fate is of interest, of one mailbox. */
	IMAP_LATELY_MAX = 256,
	/* Visits in a row that found nothing about them: each doubles the time
	 * to the next. */
	IMAP_FATES_IN_VAIN_MAX = 4,
	/* [ALERT]s shown of one connection. */
	IMAP_ALERTS_MAX = 10,

	/* The greeting, and each reply before the mailbox is open. */
	IMAP_GREETING_TIMEOUT = 30 * 1000,
	/* From the first command to the open mailbox, whatever trickles in. */
	IMAP_LOGIN_TIMEOUT = 120 * 1000,
	/* Silence while a reply is due. */
	IMAP_REPLY_TIMEOUT = 60 * 1000,
	/* One command altogether, whatever trickles in. */
	IMAP_COMMAND_TIMEOUT = 600 * 1000,
	/* The reply to DONE, and the "+" to IDLE. */
	IMAP_DONE_TIMEOUT = 30 * 1000,
	/* Silence while a search is due: long enough for TCP to see first that
	 * nobody is there, as what a search would find is lost without it. */
	IMAP_SEARCH_TIMEOUT = 180 * 1000,
	/* The longest wait that a server can ask for. */
	IMAP_PATIENCE_MAX = 300 * 1000,
	/* The reply to LOGOUT. */
	IMAP_LOGOUT_TIMEOUT = 800,
	/* Away from home, where IDLE listens. */
	IMAP_AWAY_MAX = 10 * 1000,
	/* From EXISTS to the header that NOTIFY was asked for. */
	IMAP_PUSH_WAIT = 1000,
	/* Between two visits for what became of messages. */
	IMAP_FATES_AGAIN = 5 * 1000,
	/* Between two listings for mailboxes that came or went. */
	IMAP_LIST_AGAIN = 10 * 1000,
	/* When EXISTS told of more than FETCH showed: one more look. */
	IMAP_RECHECK_AFTER = 5 * 1000,
};

#endif
