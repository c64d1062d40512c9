/*
 * Texts of configurations and all that is said about each, to the letter;
 * and what comes out of those that are right.
 */
#include "config/options.h"
#include "store/config-file.h"
#include "unit.h"
#include <string.h>

#define ACCOUNT "[account a]\nhost = h.example\nuser = u\n"

struct row {
	const char *name;
	const char *text;
	const char *override; /* of -o, or NULL */
	const char *problems; /* "LINE: TEXT\n" each */
};

static const struct row rows[] = {
    {"plain", ACCOUNT, NULL, ""},
    {"empty", "", NULL,
	"0: there is no account: write [account NAME], and below it host = and user =\n"},
    {"only-comments",
	"# nothing\n"
	"; here\n",
	NULL,
	"0: there is no account: write [account NAME], and below it host = and user =\n"},
    {"only-defaults",
	"[defaults]\n"
	"port = 143\n",
	NULL,
	"0: there is no account: write [account NAME], and below it host = and user =\n"},
    {"no-user",
	"[account a]\n"
	"host = h\n",
	NULL, "1: [account a] has no user: write user = below it\n"},
    {"nothing-in-account", "[account a]\n", NULL,
	"1: [account a] has no host: write host = below it\n"
	"1: [account a] has no user: write user = below it\n"},
    {"inherited-host",
	"[account a]\n"
	"user = u\n"
	"[defaults]\n"
	"host = h\n",
	NULL, ""},
    {"host-from--o",
	"[account a]\n"
	"user = u\n",
	"host=h", ""},
    {"key-before-section",
	"host = h\n"
	"user = u\n"
	"[account a]\n"
	"host = h.example\n"
	"user = u\n",
	NULL,
	"1: host: stands before any section: write [defaults] or [account NAME] above it\n"},
    {"unknown-key", ACCOUNT "xyzzy = 1\n", NULL,
	"4: unknown key \"xyzzy\": see idlebell.config(5)\n"},
    {"misspelt", ACCOUNT "prot = 1\n", NULL,
	"4: unknown key \"prot\": did you mean \"port\"?\n"},
    {"misspelt-dash", ACCOUNT "on-message = ring\n", NULL,
	"4: unknown key \"on-message\": did you mean \"on_message\"?\n"},
    {"beginning", ACCOUNT "pass = x\n", NULL,
	"4: unknown key \"pass\": did you mean \"password\"?\n"},
    {"longer", ACCOUNT "username = x\n", NULL,
	"4: unknown key \"username\": did you mean \"user\"?\n"},
    {"criterion-in-account", ACCOUNT "from = x\n", NULL,
	"4: unknown key \"from\" here: it belongs in a [rule NAME]\n"},
    {"criterion-near", ACCOUNT "mailbox = x\n", NULL,
	"4: unknown key \"mailbox\" here: it belongs in a [rule NAME]; did you mean \"mailboxes\"?\n"},
    {"account-key-in-rule",
	ACCOUNT "[rule r]\n"
		"host = x\n",
	NULL,
	"5: unknown key \"host\" here: it belongs in [defaults] or an [account NAME]\n"},
    {"sound-in-defaults",
	"[defaults]\n"
	"sound = x\n"
	"[account a]\n"
	"host = h.example\n"
	"user = u\n",
	NULL, "2: unknown key \"sound\" here: it belongs in a [rule NAME]\n"},
    {"upper-case-key",
	"[account a]\n"
	"HOST = h\n"
	"User = u\n",
	NULL, ""},
    {"unknown-section",
	ACCOUNT "[foo]\n"
		"bar = 1\n",
	NULL,
	"4: unknown section [foo]: write [defaults], [account NAME] or [rule NAME]\n"},
    {"misspelt-section",
	ACCOUNT "[acount b]\n"
		"host = h\n",
	NULL, "4: unknown section [acount b]: did you mean [account NAME]?\n"},
    {"default",
	ACCOUNT "[default]\n"
		"port = 1\n",
	NULL, "4: unknown section [default]: did you mean [defaults]?\n"},
    {"defaults-with-name", ACCOUNT "[defaults x]\n", NULL,
	"4: [defaults x]: write [defaults] alone\n"},
    {"account-without-name",
	"[account]\n"
	"host = h\n"
	"user = u\n",
	NULL, "1: [account]: write [account NAME]\n"},
    {"rule-without-name", ACCOUNT "[rule ]\n", NULL,
	"4: [rule]: write [rule NAME]\n"},
    {"section-upper-case",
	"[Account a]\n"
	"host = h\n"
	"user = u\n",
	NULL, ""},
    {"empty-section",
	ACCOUNT "[]\n"
		"port = 1\n",
	NULL,
	"4: unknown section []: write [defaults], [account NAME] or [rule NAME]\n"},
    {"account-slash",
	"[account a/b]\n"
	"host = h\n"
	"user = u\n",
	NULL,
	"1: [account a/b]: an account's name has only letters (a to z), digits and . _ - @ + in it\n"},
    {"account-dot",
	"[account ..]\n"
	"host = h\n"
	"user = u\n",
	NULL, "1: [account ..]: an account's name must not begin with \".\"\n"},
    {"account-dash",
	"[account -a]\n"
	"host = h\n"
	"user = u\n",
	NULL, "1: [account -a]: an account's name must not begin with \"-\"\n"},
    {"account-blank",
	"[account a b]\n"
	"host = h\n"
	"user = u\n",
	NULL,
	"1: [account a b]: an account's name has only letters (a to z), digits and . _ - @ + in it\n"},
    {"rule-colon", ACCOUNT "[rule a:b]\n", NULL,
	"4: [rule a:b]: a rule's name must not have a \":\" in it\n"},
    {"section-twice",
	ACCOUNT "[account a]\n"
		"host = h.example\n"
		"user = u\n",
	NULL,
	"4: [account a] stands twice: first in line 1\n"
	"5: host: stands twice in this section: first in line 2\n"
	"6: user: stands twice in this section: first in line 3\n"},
    {"section-twice-case",
	ACCOUNT "[ACCOUNT  A]\n"
		"port = 0\n",
	NULL,
	"4: [ACCOUNT A] stands twice: first in line 1\n"
	"5: port: 0 is out of range: it goes from 1 to 65535\n"},
    {"key-twice",
	ACCOUNT "port = 0\n"
		"Port = 143\n",
	NULL,
	"4: port: 0 is out of range: it goes from 1 to 65535\n"
	"5: Port: stands twice in this section: first in line 4\n"},
    {"unclosed-header",
	"[account a\n"
	"host = h\n"
	"user = u\n"
	"port = x\n",
	NULL,
	"1: the section header lacks its \"]\"\n"
	"4: port: \"x\" is not a number\n"},
    {"text-behind-header",
	"[account a] b\n"
	"host = h\n"
	"user = u\n",
	NULL, "1: there is text behind the \"]\" of the section header\n"},
    {"comment-behind-header",
	"[account a] # b = c\n"
	"host = h\n"
	"user = u\n",
	NULL, ""},
    {"no-equals", ACCOUNT "port\n", NULL,
	"4: expected KEY = VALUE: there is no \"=\" in this line\n"},
    {"no-key", ACCOUNT "= 3\n", NULL,
	"4: expected KEY = VALUE: there is no key before the \"=\"\n"},
    {"cut", ACCOUNT "password = ab;cd\n", NULL,
	"4: password: the value ends at the \";\", and what follows is lost: put it all in double quotes\n"},
    {"cut-hash", ACCOUNT "password = ab#cd\n", NULL,
	"4: password: the value ends at the \"#\", and what follows is lost: put it all in double quotes\n"},
    {"cut-at-start", ACCOUNT "password =;cd\n", NULL,
	"4: password: the value ends at the \";\", and what follows is lost: put it all in double quotes\n"},
    {"cut-with-double", ACCOUNT "password = a\"b;cd\n", NULL,
	"4: password: the value ends at the \";\", and what follows is lost: put it all in single quotes\n"},
    {"cut-with-both", ACCOUNT "password = a\"b'c;cd\n", NULL,
	"4: password: the value ends at the \";\", and what follows is lost: this cannot be written here: for a secret use password_command, for a command a script\n"},
    {"cut-with-backslash", ACCOUNT "password = a\\b;cd\n", NULL,
	"4: password: the value ends at the \";\", and what follows is lost: this cannot be written here: for a secret use password_command, for a command a script\n"},
    {"comment", ACCOUNT "port = 143 # plain\n", NULL, ""},
    {"comment-behind-secret", ACCOUNT "password = ab #cd\n", NULL,
	"4: warning: password: what stands behind the \"#\" is a comment: if it belongs to the value, put it all in double quotes\n"},
    {"comment-in-a-command", ACCOUNT "on_message = sh -c \"a ; b\"\n", NULL,
	"4: on_message: the value ends at the \";\", and what follows is lost: put it all in single quotes\n"},
    {"comment-behind-quotes", ACCOUNT "on_message = 'sh -c \"a ; b\"' ; run\n",
	NULL, ""},
    {"open-quote", ACCOUNT "password = \"abc\n", NULL,
	"4: password: the quote is not closed\n"},
    {"behind-quote", ACCOUNT "on_message = \"/a b/ring\" -x\n", NULL,
	"4: on_message: the value ends at the second \", and what follows is lost: put it all in single quotes\n"},
    {"backslash-in-quotes", ACCOUNT "on_message = \"a\\;b\"\n", NULL,
	"4: on_message: a backslash in quotes is not read alike everywhere: leave the quotes off, or, if there is a \";\" or \"#\", this cannot be written here: for a secret use password_command, for a command a script\n"},
    {"comment-swallows",
	ACCOUNT "# a \\\n"
		"port = 1\n",
	NULL,
	"4: the comment ends in a backslash, which makes the next line a part of it\n"},
    {"trailing-comment-swallows",
	ACCOUNT "port = 1 # a \\\n"
		"refresh = 1m\n",
	NULL,
	"4: the comment ends in a backslash, which makes the next line a part of it\n"},
    {"last-backslash", ACCOUNT "on_message = a \\", NULL,
	"4: the last line ends in a backslash, as if another followed\n"},
    {"empty-host",
	"[account a]\n"
	"host =\n"
	"user = u\n",
	NULL, "2: host: there is no value\n"},
    {"empty-port", ACCOUNT "port = \n", NULL, "4: port: there is no value\n"},
    {"empty-notify", ACCOUNT "notify =\n", NULL,
	"4: notify: there is no value: write \"none\" for none\n"},
    {"empty-clears",
	"[defaults]\n"
	"on_message = ring\n"
	"password = x\n"
	"[account a]\n"
	"host = h.example\n"
	"user = u\n"
	"on_message =\n"
	"password = \"\"\n"
	"notify = hook\n",
	NULL,
	"9: warning: notify: there is no hook to run: write on_message, or nothing rings\n"},
    {"port-zero", ACCOUNT "port = 0\n", NULL,
	"4: port: 0 is out of range: it goes from 1 to 65535\n"},
    {"port-big", ACCOUNT "port = 65536\n", NULL,
	"4: port: 65536 is out of range: it goes from 1 to 65535\n"},
    {"port-word", ACCOUNT "port = imaps\n", NULL,
	"4: port: \"imaps\" is not a number\n"},
    {"port-negative", ACCOUNT "port = -1\n", NULL,
	"4: port: \"-1\" is not a number\n"},
    {"port-hex", ACCOUNT "port = 0x10\n", NULL,
	"4: port: \"0x10\" is not a number\n"},
    {"tls", ACCOUNT "tls = ssl\n", NULL,
	"4: tls: \"ssl\" is none of implicit, starttls, none\n"},
    {"tls-case", ACCOUNT "tls = StartTLS\n", NULL, ""},
    {"tls-version", ACCOUNT "tls_min_version = 1.1\n", NULL,
	"4: tls_min_version: \"1.1\" is none of 1.2, 1.3\n"},
    {"refresh-no-unit", ACCOUNT "refresh = 15\n", NULL,
	"4: refresh: \"15\" is not a duration: write a number and its unit, as in 90s, 15m, 2h or 3d\n"},
    {"refresh-words", ACCOUNT "refresh = 15 minutes\n", NULL,
	"4: refresh: \"15 minutes\" is not a duration: write a number and its unit, as in 90s, 15m, 2h or 3d\n"},
    {"refresh-long", ACCOUNT "refresh = 30m\n", NULL,
	"4: refresh: 30m is out of range: it goes from 5s to 29m\n"},
    {"refresh-short", ACCOUNT "refresh = 4s\n", NULL,
	"4: refresh: 4s is out of range: it goes from 5s to 29m\n"},
    {"poll-short", ACCOUNT "poll_interval = 9s\n", NULL,
	"4: poll_interval: 9s is out of range: it goes from 10s to 1d\n"},
    {"hook-long", ACCOUNT "hook_timeout = 61m\n", NULL,
	"4: hook_timeout: 61m is out of range: it goes from 1s to 1h\n"},
    {"size", ACCOUNT "download_max_size = 64X\n", NULL,
	"4: download_max_size: \"64X\" is not a size: write a number and K, M or G behind it, as in 64K, or octets\n"},
    {"size-big",
	ACCOUNT "download_max_size = 2G\n"
		"download_to = /m\n",
	NULL,
	"4: download_max_size: 2G is out of range: it goes from 0 to 1G\n"},
    {"nowhere", ACCOUNT "download_max_size = 1K\n", NULL,
	"4: download_max_size: there is nowhere to put the messages: write download_to\n"},
    {"somewhere-by-rule",
	ACCOUNT "download_max_size = 1K\n"
		"[rule r]\n"
		"download_to = /m\n",
	NULL, ""},
    {"somewhere-by-command",
	ACCOUNT "download_max_size = 1K\n"
		"download_command = procmail\n"
		"[rule r]\n"
		"download = text\n"
		"download_max_size = 2K\n",
	NULL, ""},
    {"download-by-another",
	ACCOUNT "download_command = procmail\n"
		"[rule r]\n"
		"subject = x\n"
		"stop = no\n"
		"download_max_size = 1K\n"
		"[rule s]\n"
		"download = text\n",
	NULL, ""},
    {"download-nothing", ACCOUNT "[rule r]\ndownload = text\n", NULL,
	"5: warning: download: nothing is downloaded: write download_max_size, too\n"},
    {"download-nothing-there",
	ACCOUNT "[rule r]\n"
		"download_command = procmail\n",
	NULL,
	"4: warning: download_max_size: nothing is downloaded: write download_max_size, too\n"},
    {"download-two",
	ACCOUNT "download_max_size = 1K\n"
		"[rule r]\n"
		"download_to = /m\n"
		"download_command = procmail\n",
	NULL,
	"7: download_command: there is download_to, too: keep one of them\n"},
    {"download-what", ACCOUNT "download = some\n", NULL,
	"4: download: \"some\" is none of full, text\n"},
    {"nowhere-default",
	"[defaults]\n"
	"download_max_size = 1K\n"
	"[account a]\n"
	"host = h.example\n"
	"user = u\n"
	"[account b]\n"
	"host = h\n"
	"user = u\n",
	NULL,
	"2: download_max_size: there is nowhere to put the messages: write download_to\n"},
    {"notify", ACCOUNT "notify = bell\n", NULL,
	"4: notify: \"bell\" is none of desktop, hook, or \"none\" alone\n"},
    {"notify-none-and", ACCOUNT "notify = none, hook\n", NULL,
	"4: notify: \"none\" stands alone: take it away, or all else\n"},
    {"notify-hook", ACCOUNT "notify = hook\n", NULL,
	"4: warning: notify: there is no hook to run: write on_message, or nothing rings\n"},
    {"notify-hook-of-rule",
	ACCOUNT "notify = hook\n"
		"[rule r]\n"
		"on_message = ring\n",
	NULL, ""},
    {"patterns",
	ACCOUNT "mailboxes = INBOX, Lists/*, L/%, !Lists/noise, \\Sent\n", NULL,
	""},
    {"only-uses", ACCOUNT "mailboxes = \\Sent\n", NULL, ""},
    {"unknown-use", ACCOUNT "mailboxes = INBOX, \\Snet\n", NULL,
	"4: mailboxes: \"\\Snet\" is no special use: did you mean \"\\Sent\"?\n"},
    {"excluded-nothing", ACCOUNT "mailboxes = INBOX, !\n", NULL,
	"4: mailboxes: \"!\" alone keeps nothing out: write a mailbox behind it\n"},
    {"only-exclusions", ACCOUNT "mailboxes = !Spam, !\\Junk\n", NULL,
	"4: mailboxes: there are only mailboxes to leave out: begin with *, for all the others, as in *, !Junk\n"},
    {"only-exclusions-by-default",
	"[defaults]\n"
	"mailboxes = !Spam\n" ACCOUNT,
	NULL,
	"2: mailboxes: there are only mailboxes to leave out: begin with *, for all the others, as in *, !Junk\n"},
    {"exclusion-first", ACCOUNT "mailboxes = !Spam, *\n", NULL,
	"4: warning: mailboxes: an exclusion at the beginning keeps nothing out, as the last entry that fits a mailbox decides: write it behind the others\n"},
    {"connections", ACCOUNT "max_connections = 20\n", NULL, ""},
    {"connections-none", ACCOUNT "max_connections = 0\n", NULL,
	"4: max_connections: 0 is out of range: it goes from 1 to 20\n"},
    {"connections-many", ACCOUNT "max_connections = 21\n", NULL,
	"4: max_connections: 21 is out of range: it goes from 1 to 20\n"},
    {"method-notify", ACCOUNT "method = notify\n", NULL, ""},
    {"comma", ACCOUNT "mailboxes = INBOX,,b\n", NULL,
	"4: mailboxes: there is nothing between two commas\n"},
    {"mailbox-twice", ACCOUNT "mailboxes = INBOX, b, inbox\n", NULL,
	"4: mailboxes: \"INBOX\" stands twice\n"},
    {"mailbox-case", ACCOUNT "mailboxes = Work, work\n", NULL, ""},
    {"host-url",
	"[account a]\n"
	"host = imaps://h\n"
	"user = u\n",
	NULL,
	"2: host: \"imaps://h\" is a URL: write the name or the address of the server only\n"},
    {"host-port",
	"[account a]\n"
	"host = h:993\n"
	"user = u\n",
	NULL,
	"2: host: \"h:993\" has a colon in it: a port goes into port = NUMBER\n"},
    {"host-v6",
	"[account a]\n"
	"host = ::1\n"
	"user = u\n",
	NULL, ""},
    {"host-blank",
	"[account a]\n"
	"host = h i\n"
	"user = u\n",
	NULL,
	"2: host: \"h i\" is no host name: write the name or the address of one server\n"},
    {"pin", ACCOUNT "tls_pin = abc\n", NULL,
	"4: tls_pin: \"abc\" is not a pin: write sha256// and 44 characters of base64, several separated by \";\" and all of it in double quotes\n"},
    {"pin-ok",
	ACCOUNT
	"tls_pin = sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	NULL, ""},
    {"pins",
	ACCOUNT
	"tls_pin = sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	NULL,
	"4: tls_pin: the value ends at the \";\", and what follows is lost: put it all in double quotes\n"},
    {"pins-quoted",
	ACCOUNT
	"tls_pin = \"sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF=\"\n",
	NULL,
	"4: tls_pin: \"sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF=\" is not a pin: write sha256// and 44 characters of base64, several separated by \";\" and all of it in double quotes\n"},
    {"pin-junk",
	ACCOUNT "tls_pin = sha256//47DEQpj8HBSa+/TImW+5JCeu QeRkm5NMpJWZG3hSuFU=\n", NULL, "4: tls_pin: \"sha256//47DEQpj8HBSa+/TImW+5JCeu QeRkm5NMpJWZG3hSuFU=\" is not a pin: write sha256// and 44 characters of base64, several separated by \";\" and all of it in double quotes\n"},
    {"pin-none",
	ACCOUNT
	"tls = none\n"
	"tls_pin = sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	NULL,
	"4: warning: tls: with none the password and all mail cross the network unencrypted\n"
	"5: warning: tls_pin: there is nothing to pin with tls = none\n"},
    {"proxy", ACCOUNT "proxy = localhost\n", NULL,
	"4: proxy: this is not the URL of a proxy, as in socks5h://localhost:1080, nor \"env\"\n"},
    {"proxy-kind", ACCOUNT "proxy = https://u:secret@h\n", NULL,
	"4: proxy: a proxy cannot be of the kind \"https\": it is one of http, socks5, socks5h, socks4, socks4a\n"},
    {"proxy-env", ACCOUNT "proxy = env\n", NULL, ""},
    {"proxy-ok", ACCOUNT "proxy = socks5h://u:secret@localhost:1080\n", NULL,
	""},
    {"key-alone", ACCOUNT "tls_key = /k\n", NULL,
	"4: tls_key: a key alone proves nothing: write tls_certificate, too\n"},
    {"external", ACCOUNT "auth = external\n", NULL,
	"4: warning: auth: external needs tls_certificate: the server has nothing else to know the user by\n"},
    {"both",
	ACCOUNT "password = x\n"
		"password_command = y\n",
	NULL,
	"5: password_command: there is a password, too: keep one of them\n"},
    {"nearer",
	"[defaults]\n"
	"password = x\n"
	"[account a]\n"
	"host = h.example\n"
	"user = u\n"
	"password_command = y\n",
	NULL, ""},
    {"both-defaults",
	"[defaults]\n"
	"password = x\n"
	"password_command = y\n"
	"[account a]\n"
	"host = h.example\n"
	"user = u\n",
	NULL,
	"3: password_command: there is a password, too: keep one of them\n"},
    {"token-plain",
	ACCOUNT "auth = plain\n"
		"token_command = t\n",
	NULL,
	"5: token_command: no token is used by this auth: write auth = xoauth2 or oauthbearer\n"},
    {"token-auto", ACCOUNT "token_command = t\n", NULL, ""},
    {"xoauth2", ACCOUNT "auth = xoauth2\n", NULL,
	"4: auth: xoauth2 and oauthbearer need token_command, which prints an access token\n"},
    {"oauthbearer-ok",
	ACCOUNT "auth = oauthbearer\n"
		"token_command = t\n",
	NULL, ""},
    {"clear", ACCOUNT "tls = none\n", NULL,
	"4: warning: tls: with none the password and all mail cross the network unencrypted\n"},
    {"clear-local",
	"[account a]\n"
	"host = localhost\n"
	"user = u\n"
	"tls = none\n"
	"[account b]\n"
	"host = 127.0.0.2\n"
	"user = u\n"
	"tls = none\n"
	"[account c]\n"
	"host = ::1\n"
	"user = u\n"
	"tls = none\n",
	NULL, ""},
    {"clear-not-local",
	"[account a]\n"
	"host = 127.example\n"
	"user = u\n"
	"tls = none\n",
	NULL,
	"4: warning: tls: with none the password and all mail cross the network unencrypted\n"},
    {"command-quote", ACCOUNT "on_message = ring 'x\n", NULL,
	"4: on_message: a quote of the command is not closed, or it ends in a backslash\n"},
    {"command-backslash", ACCOUNT "password_command = \"  \"\n", NULL, ""},
    {"command-comment", ACCOUNT "on_message = '#ring'\n", NULL,
	"4: on_message: there is no command\n"},
    {"command-empty-name", ACCOUNT "on_message = \"'' x\"\n", NULL,
	"4: on_message: the name of the program is empty\n"},
    {"rule",
	ACCOUNT "[rule r]\n"
		"from = *@x\n"
		"larger = 1M\n"
		"urgency = low\n",
	NULL, ""},
    {"rule-urgency",
	ACCOUNT "[rule r]\n"
		"urgency = high\n",
	NULL, "5: urgency: \"high\" is none of low, normal, critical\n"},
    {"rule-size",
	ACCOUNT "[rule r]\n"
		"larger = big\n",
	NULL,
	"5: larger: \"big\" is not a size: write a number and K, M or G behind it, as in 64K, or octets\n"},
    {"rule-empty",
	ACCOUNT "[rule r]\n"
		"from =\n"
		"on_message =\n",
	NULL,
	"5: from: there is no value\n"
	"6: on_message: there is no value\n"},
    {"rule-twice",
	ACCOUNT "[rule r]\n"
		"[rule R]\n",
	NULL, "5: [rule R] stands twice: first in line 4\n"},
    {"rule-hook",
	ACCOUNT "[rule r]\n"
		"notify = hook\n",
	NULL,
	"5: warning: notify: there is no hook to run: write on_message, or nothing rings\n"},
    {"rule-download",
	ACCOUNT "[rule r]\n"
		"download_max_size = 1M\n",
	NULL,
	"5: download_max_size: there is nowhere to put the messages: no account has download_to\n"},
    {"rule-quoted",
	ACCOUNT "[rule r]\n"
		"subject = /a\\[b\\]/, c\n",
	NULL, ""},
    {"override-wins",
	"[defaults]\n"
	"port = 0\n"
	"[account a]\n"
	"host = h.example\n"
	"user = u\n",
	"port=143", "2: port: 0 is out of range: it goes from 1 to 65535\n"},
    {"override-bad", ACCOUNT, "port=0",
	"0: -o port=0: 0 is out of range: it goes from 1 to 65535\n"},
    {"override-unknown", ACCOUNT, "prot=1",
	"0: -o prot: unknown key \"prot\": did you mean \"port\"?\n"},
    {"override-rule-key", ACCOUNT, "from=x",
	"0: -o from: unknown key \"from\" here: it belongs in a [rule NAME]\n"},
    {"override-no-equals", ACCOUNT, "port", "0: -o port: write -o KEY=VALUE\n"},
    {"override-secret", ACCOUNT, "proxy=ftp://u:secret@h",
	"0: -o proxy: a proxy cannot be of the kind \"ftp\": it is one of http, socks5, socks5h, socks4, socks4a\n"},
    {"override-check", ACCOUNT, "tls_key=/k",
	"0: -o tls_key: a key alone proves nothing: write tls_certificate, too\n"},
    {"override-control", ACCOUNT, "host=\033[2J",
	"0: -o KEY: there are characters in it that are not UTF-8 text\n"},
    {"all-at-once",
	"port = 1\n"
	"[account a]\n"
	"port = x\n"
	"hots = h\n"
	"user = u\n"
	"mailboxes = !\n"
	"foo\n"
	"[bar]\n",
	NULL,
	"1: port: stands before any section: write [defaults] or [account NAME] above it\n"
	"2: [account a] has no host: write host = below it\n"
	"3: port: \"x\" is not a number\n"
	"4: unknown key \"hots\": did you mean \"host\"?\n"
	"6: mailboxes: \"!\" alone keeps nothing out: write a mailbox behind it\n"
	"7: expected KEY = VALUE: there is no \"=\" in this line\n"
	"8: unknown section [bar]: write [defaults], [account NAME] or [rule NAME]\n"},
};

static struct config *parse(const char *text, const char *override)
{
	const char *overrides[] = {override, NULL};
	g_autoptr(GError) error = NULL;
	struct config *config =
	    config_file_parse(text, strlen(text), overrides, &error);

	g_assert_no_error(error);
	g_assert_nonnull(config);
	return config;
}

static char *problems_of(const struct config *config)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < config->problems->len; i++) {
		const struct config_problem *problem =
		    g_ptr_array_index(config->problems, i);
		g_string_append_printf(text, "%d: %s%s\n", problem->line,
		    problem->warning ? "warning: " : "", problem->text);
	}
	return g_string_free(text, FALSE);
}

/* A secret is a comment in print, so once printed it is gone. */
static char *without_comments(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *rest = g_string_new(NULL);

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '#')
			g_string_append_printf(rest, "%s\n", *line);
	}
	return g_string_free(rest, FALSE);
}

/* What is printed is read as what was printed. */
static void check_round_trip(const struct config *config)
{
	g_autofree char *printed = config_print(config);
	g_autofree char *expected = without_comments(printed);
	g_autoptr(Config) again = parse(printed, NULL);
	g_autofree char *problems = problems_of(again);
	g_autofree char *printed_again = config_print(again);
	g_autofree char *found = without_comments(printed_again);

	g_assert_null(strstr(printed, "cannot be written"));
	if (config_has_errors(again))
		g_test_message("%s%s", printed, problems);
	g_assert_false(config_has_errors(again));
	g_assert_cmpstr(found, ==, expected);
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	g_autoptr(Config) config = parse(row->text, row->override);
	g_autofree char *problems = problems_of(config);

	g_assert_cmpstr(problems, ==, row->problems);
	if (!config_has_errors(config))
		check_round_trip(config);
}

static void add_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
		    g_strconcat("/config/problems/", rows[i].name, NULL);
		g_test_add_data_func(path, &rows[i], test_row);
	}
}

static void test_long_name(void)
{
	g_autofree char *name = g_strnfill(64, 'a');
	g_autofree char *good =
	    g_strdup_printf("[account %s]\nhost = h\nuser = u\n", name);
	g_autofree char *bad =
	    g_strdup_printf("[account %sa]\nhost = h\nuser = u\n", name);
	g_autoptr(Config) accepted = parse(good, NULL);
	g_autoptr(Config) refused = parse(bad, NULL);
	g_autofree char *problems = problems_of(refused);

	g_assert_cmpuint(accepted->problems->len, ==, 0);
	g_assert_true(g_str_has_suffix(
	    problems, "a]: an account's name has at most 64 characters\n"));
}

static void check_mailboxes(const char *prefix, size_t size, const char *wanted)
{
	g_autofree char *filler = g_strnfill(size - strlen(prefix), 'x');
	g_autofree char *text =
	    g_strconcat(ACCOUNT, prefix, filler, "\nport = 0\n", NULL);
	g_autoptr(Config) config = parse(text, NULL);
	g_autofree char *problems = problems_of(config);

	g_assert_cmpstr(problems, ==, wanted);
}

/* 1022 octets are what iniparser takes, with the newline 1023. */
static void test_long_line(void)
{
	const char *range = ": port: 0 is out of range: it goes from 1 to "
			    "65535\n";
	g_autofree char *fits = g_strconcat("5", range, NULL);
	g_autofree char *joined = g_strconcat("6", range, NULL);
	const char *long_line =
	    "4: the line is too long: with those joined to it by a "
	    "backslash it may have 1022 octets\n";
	g_autofree char *both = g_strconcat(long_line, fits, NULL);
	g_autofree char *both_joined = g_strconcat(long_line, joined, NULL);

	check_mailboxes("mailboxes = a", 1022, fits);
	check_mailboxes("mailboxes = a", 1023, both);
	check_mailboxes("mailboxes = a", 5000, both);
	/* The backslash and the newline do not count. */
	check_mailboxes("mailboxes = a\\\n", 1024, joined);
	check_mailboxes("mailboxes = a\\\n", 1025, both_joined);
}

/* The longest line comes back, with less air if need be. */
static void test_long_line_printed(void)
{
	g_autofree char *name = g_strnfill(1022 - strlen("icon="), 'x');
	g_autofree char *text =
	    g_strconcat(ACCOUNT "[rule r]\nicon=", name, "\n", NULL);
	g_autoptr(Config) config = parse(text, NULL);

	g_assert_cmpuint(config->problems->len, ==, 0);
	check_round_trip(config);
}

static void test_defaults(void)
{
	g_autoptr(Config) config = parse(ACCOUNT, NULL);
	const struct config_account *account = config_find_account(config, "a");

	g_assert_cmpuint(config->accounts->len, ==, 1);
	g_assert_cmpstr(account->name, ==, "a");
	g_assert_cmpstr(account->host, ==, "h.example");
	g_assert_cmpstr(account->user, ==, "u");
	g_assert_cmpint(account->port, ==, 0);
	g_assert_cmpint(account->tls, ==, CONFIG_TLS_IMPLICIT);
	g_assert_cmpint(account->tls_min_version, ==, CONFIG_TLS_1_2);
	g_assert_cmpint(account->auth, ==, CONFIG_AUTH_AUTO);
	g_assert_cmpint(account->method, ==, CONFIG_METHOD_AUTO);
	g_assert_cmpint(account->max_connections, ==, 1);
	g_assert_cmpint(account->refresh, ==, 15 * 60 * 1000);
	g_assert_cmpint(account->poll_interval, ==, 5 * 60 * 1000);
	g_assert_cmpint(account->blind_after, ==, 5 * 60 * 1000);
	g_assert_cmpint(account->hook_timeout, ==, 60 * 1000);
	g_assert_cmpint(account->hook_tries, ==, 5);
	g_assert_cmpint(account->burst, ==, 5);
	g_assert_cmpint(
	    account->notify, ==, CONFIG_NOTIFY_DESKTOP | CONFIG_NOTIFY_HOOK);
	g_assert_cmpint(account->download_max_size, ==, 0);
	g_assert_cmpstr(account->mailboxes[0], ==, "INBOX");
	g_assert_null(account->mailboxes[1]);
	g_assert_null(account->password);
	g_assert_null(account->password_command);
	g_assert_null(account->on_message);
	g_assert_null(account->on_state);
	g_assert_null(account->download_to);
	g_assert_false(config_holds_secret(config));
}

static void test_choices(void)
{
	g_autoptr(Config) config = parse(ACCOUNT "tls = starttls\n"
						 "tls_min_version = 1.3\n"
						 "auth = oauthbearer\n"
						 "token_command = t\n"
						 "method = poll\n"
						 "notify = hook,desktop\n"
						 "[rule r]\n"
						 "urgency = critical\n"
						 "notify = none\n",
	    NULL);
	const struct config_account *account = config->accounts->pdata[0];
	const struct config_rule *rule = config->rules->pdata[0];

	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_cmpint(account->tls, ==, CONFIG_TLS_STARTTLS);
	g_assert_cmpint(account->tls_min_version, ==, CONFIG_TLS_1_3);
	g_assert_cmpint(account->auth, ==, CONFIG_AUTH_OAUTHBEARER);
	g_assert_cmpint(account->method, ==, CONFIG_METHOD_POLL);
	g_assert_cmpint(account->notify, ==, 3);
	g_assert_true(rule->has_urgency && rule->has_notify);
	g_assert_false(rule->has_download_max_size);
	g_assert_cmpint(rule->urgency, ==, CONFIG_URGENCY_CRITICAL);
	g_assert_cmpint(rule->notify, ==, 0);
}

static void test_layers(void)
{
	g_autoptr(Config) config = parse("[account Work]\n"
					 "host = h\nuser = u\n"
					 "refresh = 10m\n"
					 "on_message =\n"
					 "mailboxes =\n"
					 "[account home]\n"
					 "host = h\nuser = u\n"
					 "[defaults]\n"
					 "refresh = 20m\n"
					 "on_message = ring 'the bell'\n"
					 "mailboxes = INBOX , Lists/C\n"
					 "poll_interval = 1m\n",
	    "poll_interval=2m");
	const struct config_account *work = config_find_account(config, "WORK");
	const struct config_account *home = config_find_account(config, "home");

	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_null(config_find_account(config, "wor"));
	g_assert_cmpstr(work->name, ==, "Work");
	g_assert_cmpint(work->refresh, ==, 600000);
	g_assert_cmpint(home->refresh, ==, 1200000);
	g_assert_cmpint(work->poll_interval, ==, 120000);
	g_assert_cmpint(home->poll_interval, ==, 120000);
	g_assert_null(work->on_message);
	g_assert_cmpstr(home->on_message[0], ==, "ring");
	g_assert_cmpstr(home->on_message[1], ==, "the bell");
	g_assert_null(home->on_message[2]);
	g_assert_cmpstr(work->mailboxes[0], ==, "INBOX");
	g_assert_null(work->mailboxes[1]);
	g_assert_cmpstr(home->mailboxes[1], ==, "Lists/C");
}

/* The nearer of two ways to a password counts. */
static void test_nearer_password(void)
{
	g_autoptr(Config) config =
	    parse("[defaults]\npassword = x\n[account a]\nhost = h\n"
		  "user = u\npassword_command = y\n",
		NULL);
	g_autoptr(Config) other =
	    parse("[defaults]\npassword_command = y\n[account a]\nhost = h\n"
		  "user = u\n",
		"password=x");
	const struct config_account *account = config->accounts->pdata[0];

	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_null(account->password);
	g_assert_cmpstr(account->password_command[0], ==, "y");
	g_assert_true(config_holds_secret(config));
	account = other->accounts->pdata[0];
	g_assert_cmpuint(other->problems->len, ==, 0);
	g_assert_null(account->password_command);
	g_assert_cmpstr(account->password, ==, "x");
	g_assert_false(config_holds_secret(other));
}

static void test_secrets(void)
{
	static const struct {
		const char *line;
		bool secret;
	} lines[] = {
	    {"password = x\n", true},
	    {"password = x;y\n", true},
	    {"password =\n", false},
	    {"password_command = x\n", false},
	    {"proxy = http://u:x@h\n", true},
	    {"proxy = http://x@h\n", true},
	    {"proxy = env\n", false},
	    {"proxy = u:x@h\n", true},
	    {"proxy = http://u:1/x@h\n", true},
	};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *text =
		    g_strconcat(ACCOUNT, lines[i].line, NULL);
		g_autoptr(Config) config = parse(text, NULL);
		g_autofree char *printed = config_print(config);

		g_test_message("%s", lines[i].line);
		g_assert_true(config_holds_secret(config) == lines[i].secret);
		if (lines[i].secret)
			g_assert_null(strstr(printed, "x@"));
		g_assert_null(strstr(printed, "password = "));
	}
}

static void test_rules(void)
{
	g_autoptr(Config) config =
	    parse(ACCOUNT "on_message = ring\n"
			  "download_to = ~/Mail\n"
			  "[rule The Boss]\n"
			  "Subject = /a, \\[b\\]/, !c\n"
			  "from = *@x.example\n"
			  "larger = 64K\n"
			  "download_max_size = 2M\n"
			  "on_message = \"sh -c 'a; b'\"\n"
			  "sound = bell\n"
			  "[rule all]\n",
		NULL);
	const struct config_rule *rule = config->rules->pdata[0];
	const struct config_criterion *criterion = rule->criteria->pdata[0];

	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_cmpuint(config->rules->len, ==, 2);
	g_assert_cmpstr(rule->name, ==, "The Boss");
	g_assert_cmpint(rule->line, ==, 6);
	g_assert_cmpuint(rule->criteria->len, ==, 3);
	g_assert_cmpstr(criterion->name, ==, "subject");
	g_assert_cmpstr(criterion->value, ==, "/a, \\[b\\]/, !c");
	g_assert_cmpint(criterion->line, ==, 7);
	criterion = rule->criteria->pdata[2];
	g_assert_cmpstr(criterion->name, ==, "larger");
	g_assert_cmpstr(criterion->value, ==, "65536");
	g_assert_true(rule->has_download_max_size);
	g_assert_cmpint(rule->download_max_size, ==, 2 << 20);
	g_assert_false(rule->has_notify || rule->has_urgency);
	g_assert_cmpstr(rule->on_message[2], ==, "a; b");
	g_assert_cmpstr(rule->sound, ==, "bell");
	g_assert_null(rule->icon);
	check_round_trip(config);
}

static void test_print(void)
{
	g_autoptr(Config) config =
	    parse(ACCOUNT "password = 'a\"b'\n"
			  "proxy = socks5h://me:secret@[::1]:1080\n"
			  "on_message = /opt/my\\ bell \"it's\" --a=b ''\n"
			  "mailboxes = a,b/*,! c,\\Sent\n"
			  "[rule r]\n"
			  "smaller = 2048\n"
			  "subject = \"a; b\"\n"
			  "icon = '\"'\n"
			  "notify = hook\n",
		NULL);
	g_autofree char *printed = config_print(config);

	g_assert_cmpstr(printed, ==,
	    "[account a]\n"
	    "host = h.example\n"
	    "port = 993\n"
	    "tls = implicit\n"
	    "tls_min_version = 1.2\n"
	    "proxy = socks5h://***@[::1]:1080\n"
	    "tcp_keepalive = 1m\n"
	    "tcp_timeout = 25s\n"
	    "user = u\n"
	    "auth = auto\n"
	    "# password is set\n"
	    "mailboxes = a, b/*, ! c, \\Sent\n"
	    "max_connections = 1\n"
	    "method = auto\n"
	    "refresh = 15m\n"
	    "poll_interval = 5m\n"
	    "notify = desktop, hook\n"
	    "burst = 5\n"
	    "show = sender, subject\n"
	    "group = account\n"
	    "actions = read, archive, delete, snooze\n"
	    "dnd = respect\n"
	    "on_message = /opt/my\\ bell it\\'s --a=b ''\n"
	    "hook_wait = 1s\n"
	    "hook_max_wait = 10s\n"
	    "blind_after = 5m\n"
	    "hook_timeout = 1m\n"
	    "hook_tries = 5\n"
	    "download_max_size = 0\n"
	    "download = full\n"
	    "\n"
	    "[rule r]\n"
	    "smaller = 2K\n"
	    "subject = \"a; b\"\n"
	    "notify = hook\n"
	    "icon = '\"'\n");
	check_round_trip(config);
}

/* Only -o can bring what the file has no way to write. */
static void test_unwritable(void)
{
	g_autoptr(Config) config = parse(ACCOUNT, "download_to=/a\"b'c;d");
	g_autofree char *printed = config_print(config);

	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_nonnull(strstr(
	    printed, "# download_to is set, but cannot be written here\n"));
}

static void test_many_entries(void)
{
	GString *text = g_string_new("[x]\n");
	g_autofree char *problems = NULL;
	g_autoptr(Config) config = NULL;

	for (int i = 0; i < 60000; i++)
		g_string_append_printf(text, "%x=\n", i);
	config = parse(text->str, NULL);
	problems = problems_of(config);
	g_assert_cmpstr(problems, ==,
	    "1: unknown section [x]: write [defaults], [account NAME] or "
	    "[rule NAME]\n"
	    "50000: the file has more than 49999 lines of settings\n");
	g_string_free(text, TRUE);
}

/* The sample is accepted as it is, and so is every key it comments out. */
static void test_sample(void)
{
	g_autofree char *text = NULL;
	g_autoptr(Config) config = NULL;

	g_assert_true(g_file_get_contents(CONFIG_SAMPLE, &text, NULL, NULL));
	config = parse(text, NULL);
	g_assert_cmpuint(config->problems->len, ==, 0);
	g_assert_cmpuint(config->accounts->len, ==, 2);
	g_assert_cmpuint(config->rules->len, ==, 4);
	check_round_trip(config);
	for (const struct option *o = options; o->name != NULL; o++) {
		g_autofree char *written = g_strconcat(o->name, " = ", NULL);
		g_autofree char *empty = g_strconcat(o->name, " =\n", NULL);
		g_test_message("%s", o->name);
		if ((o->scope & (OPTION_ACCOUNT | OPTION_SHARED)) != 0)
			g_assert_true(strstr(text, written) != NULL ||
			    strstr(text, empty) != NULL);
	}
}

/* Once about [defaults], whoever inherits from it. */
static void test_said_once(void)
{
	g_autoptr(Config) config =
	    parse("[defaults]\nport = 0\ntls_key = /k\n" ACCOUNT
		  "[account b]\nhost = h\nuser = u\n",
		NULL);
	g_autofree char *problems = problems_of(config);

	g_assert_cmpstr(problems, ==,
	    "2: port: 0 is out of range: it goes from 1 to 65535\n"
	    "3: tls_key: a key alone proves nothing: write tls_certificate, "
	    "too\n");
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	add_rows();
	g_test_add_func("/config/long-name", test_long_name);
	g_test_add_func("/config/long-line", test_long_line);
	g_test_add_func("/config/long-line-printed", test_long_line_printed);
	g_test_add_func("/config/defaults", test_defaults);
	g_test_add_func("/config/choices", test_choices);
	g_test_add_func("/config/layers", test_layers);
	g_test_add_func("/config/nearer-password", test_nearer_password);
	g_test_add_func("/config/secrets", test_secrets);
	g_test_add_func("/config/rules", test_rules);
	g_test_add_func("/config/print", test_print);
	g_test_add_func("/config/unwritable", test_unwritable);
	g_test_add_func("/config/many-entries", test_many_entries);
	g_test_add_func("/config/sample", test_sample);
	g_test_add_func("/config/said-once", test_said_once);
	return g_test_run();
}
