# shellcheck shell=bash
# The packages that building and testing need, by distribution, for
# contrib/check and contrib/try.  To be sourced; defines packages_need().

# Group; Debian; Fedora; Arch; Alpine.  "a|b": either will do.
packages_table() {
	cat <<'END'
build; gcc; gcc; gcc; gcc
build; libc6-dev; glibc-devel; glibc; musl-dev
build; make; make; make; make
build; autoconf; autoconf; autoconf; autoconf
build; automake; automake; automake; automake
build; pkg-config|pkgconf; pkgconf; pkgconf; pkgconf
build; libglib2.0-dev; glib2-devel; glib2; glib-dev
build; libgmime-3.0-dev; gmime30-devel; gmime3; gmime-dev
build; libjson-glib-dev; json-glib-devel; json-glib; json-glib-dev
build; libidn2-dev; libidn2-devel; libidn2; libidn2-dev
build; libcurl4-gnutls-dev|libcurl4-openssl-dev; libcurl-devel; curl; curl-dev
build; libgnutls28-dev; gnutls-devel; gnutls; gnutls-dev
build; libnotify-dev; libnotify-devel; libnotify; libnotify-dev
build; libcanberra-dev; libcanberra-devel; libcanberra; libcanberra-dev
build; libiniparser-dev; iniparser-devel; iniparser; iniparser-dev
build; gettext; gettext; gettext; gettext
test; locales; glibc-locale-source; glibc; musl-locales
test; python3; python3; python; python3
test; python3-dbus; python3-dbus; python-dbus; py3-dbus
test; python3-gi; python3-gobject; python-gobject; py3-gobject3
test; dbus-daemon|dbus; dbus-daemon; dbus; dbus
test; iproute2; iproute; iproute2; iproute2
test; dovecot-imapd; dovecot; dovecot; dovecot
test; dovecot-lmtpd; dovecot; dovecot; dovecot-lmtpd
test; ca-certificates; ca-certificates; ca-certificates; ca-certificates
test; tzdata; tzdata; tzdata; tzdata
test; gnutls-bin; gnutls-utils; gnutls; gnutls-utils
check; git; git; git; git
check; jq; jq; jq; jq
check; isync; isync; isync; isync
check; notmuch; notmuch; notmuch; notmuch
check; procps; procps-ng; procps-ng; procps-ng
check; zsh; zsh; zsh; zsh
check; fish; fish; fish; fish
check; xz-utils; xz; xz; xz
check; clang; clang; clang; clang
check; clang-format; clang-tools-extra; clang; clang-extra-tools
check; clang-tidy; clang-tools-extra; clang; clang-extra-tools
check; libclang-rt-dev|libclang-rt-14-dev; compiler-rt; compiler-rt; compiler-rt
check; cppcheck; cppcheck; cppcheck; cppcheck
check; shellcheck; ShellCheck; shellcheck; shellcheck
check; mandoc; mandoc; mandoc; mandoc
check; universal-ctags; ctags; ctags; ctags
check; strace; strace; strace; strace
check; valgrind; valgrind; valgrind; valgrind
check; libc6-dbg; glibc-debuginfo; debuginfod; musl-dbg
check; gcovr; gcovr; gcovr; gcovr
check; xvfb; xorg-x11-server-Xvfb; xorg-server-xvfb; xvfb
check; dunst; dunst; dunst; dunst
check; microsocks; microsocks; microsocks; microsocks
check; tinyproxy-bin|tinyproxy; tinyproxy; tinyproxy; tinyproxy
END
}

# packages_names COLUMN GROUP...: that column's names, each once.
packages_names() {
	local column=$1 group
	shift
	for group; do
		packages_table | awk -F' *; *' -v group="$group" \
			-v column="$column" '$1 == group { print $column }'
	done | awk '!seen[$0]++'
}

packages_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = \
		installed ]
}

# The Debian packages of these groups that are not installed.
packages_missing() {
	local alternatives name
	while read -r alternatives; do
		for name in ${alternatives//|/ }; do
			packages_installed "$name" && continue 2
		done
		echo "${alternatives%%|*}"
	done < <(packages_names 2 "$@")
}

packages_as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "Please run as root: $*" >&2
		return 1
	fi
}

packages_apt() {
	packages_as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o Dpkg::Use-Pty=0 "$@"
}

# A Dovecot that came only for the tests shall not serve this machine.
packages_quiet_dovecot() {
	[ -d /run/systemd/system ] || return 0
	echo 'The system-wide Dovecot is not needed: disabling it.' >&2
	packages_as_root systemctl -q disable --now \
		dovecot.service dovecot.socket || :
}

packages_install_debian() {
	local missing
	mapfile -t missing < <(packages_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	echo "Installing: ${missing[*]}" >&2
	packages_apt update >&2 || return 1
	packages_apt install --no-install-recommends "${missing[@]}" >&2 ||
		return 1
	case " ${missing[*]} " in
	*" dovecot-imapd "*) packages_quiet_dovecot ;;
	esac
}

packages_advise() {
	local command=$1 column=$2
	shift 2
	{
		echo 'Please install these first, then run this again with'
		echo '--no-install:'
		echo
		echo "    $command" \
			"$(packages_names "$column" "$@" | paste -sd ' ')"
	} >&2
	return 1
}

# packages_need GROUP...: build, test, check.  Installs what is missing on
# Debian and its kin, elsewhere says what to install and fails.
packages_need() {
	if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null
	then
		packages_install_debian "$@"
	elif command -v dnf >/dev/null; then
		packages_advise 'sudo dnf install' 3 "$@"
	elif command -v pacman >/dev/null; then
		packages_advise 'sudo pacman -S --needed' 4 "$@"
	elif command -v apk >/dev/null; then
		packages_advise 'sudo apk add' 5 "$@"
	else
		echo 'No package manager that is known here; in' >&2
		packages_advise "Debian's names:" 2 "$@"
	fi
}
