#!/usr/bin/python3
"""What the pure rooms may reach: no socket, file, clock, environment, stream.

usage: purity.py [ARCHIVE]     else $top_builddir/libcore.a

Every symbol that an object of the archive leaves undefined must be defined
by another object of it, or match ALLOWED and not DENIED.  $NM is used.
"""

import fnmatch
import os
import re
import subprocess
import sys

from tap import Tap

ALLOWED = """
    mem* bcmp explicit_bzero
    strcasecmp strchr strchrnul strcmp strcpy strcspn strlen strncasecmp
    strncmp strndup strnlen strpbrk strrchr strspn strstr strcasestr
    strtol strtoll strtoul strtoull strtod __isoc23_strto*
    __mem*_chk __str*_chk __explicit_bzero_chk
    __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc tolower toupper
    __errno_location bsearch qsort malloc calloc realloc free

    g_array_* g_byte_array_* g_bytes_* g_hash_table_* g_list_* g_slist_*
    g_ptr_array_* g_queue_* g_ref_string_* g_sequence_* g_string_* g_tree_*
    g_variant_*
    g_ascii_* g_base64_* g_checksum_* g_compute_checksum_* g_compute_hmac_*
    g_convert* g_str_* g_strcanon g_strchomp g_strchug g_strcmp0 g_strconcat
    g_strdelimit g_strdup* g_strescape g_strcompress g_strfreev g_strjoin*
    g_strlcat g_strlcpy g_strndup g_strnfill g_strreverse g_strrstr*
    g_strsplit* g_strstr_len g_strv_* g_strtod g_vasprintf
    g_unichar_* g_utf16_* g_utf8_* g_ucs4_* g_markup_escape_text
    g_date_* g_time_zone_new_utc g_time_zone_new_offset g_time_zone_unref
    g_environ_* g_hostname_* g_regex_* g_match_info_* g_pattern_* g_shell_* g_uri_*
    g_direct_* g_int64_* g_int_* g_double_*
    g_malloc* g_try_malloc* g_realloc* g_try_realloc* g_free g_free_sized
    g_memdup* g_slice_* g_clear_* g_rc_box_* g_atomic_*
    g_error_* g_set_error* g_propagate_* g_prefix_error*
    g_quark_* g_intern_* g_once_* g_object_ref g_object_unref g_object_new
    g_type_check_* g_qsort_with_data

    g_mime_* internet_address_* json_* idn2_*
"""

DENIED = """
    g_date_time_new_now* g_date_time_new_*local* g_date_time_to_local
    g_mime_stream_file_* g_mime_stream_fs_* g_mime_stream_mmap_*
    g_mime_stream_pipe_* g_mime_stream_gio_*
    json_*_file* json_*_stream*
"""

# What compilers and their instruments put in.
RUNTIME = """
    _GLOBAL_OFFSET_TABLE_ __stack_chk_fail __stack_chk_guard __tls_get_addr
    __udivti3 __umodti3 __divti3 __modti3 __popcountdi2 __mulodi4
    __asan_* __ubsan_* __sanitizer_* __sancov_* __start___sancov_*
    __stop___sancov_* __gcov_* __llvm_*
"""

OBJECT = re.compile(r"^\S*\[(?P<object>[^\]]+)\]: (?P<symbol>\S+) (?P<type>\w)")


def matches(symbol, patterns):
    return any(fnmatch.fnmatchcase(symbol, pattern)
               for pattern in patterns.split())


def is_allowed(symbol):
    if matches(symbol, RUNTIME):
        return True
    return matches(symbol, ALLOWED) and not matches(symbol, DENIED)


def read_symbols(archive):
    """({object: undefined symbols}, symbols defined for others)."""
    lines = subprocess.run(
        [os.environ.get("NM", "nm"), "-A", "-P", "-g", archive], check=True,
        stdout=subprocess.PIPE, encoding="utf-8").stdout.splitlines()
    undefined, defined = {}, set()
    for found in filter(None, map(OBJECT.match, lines)):
        wanted = undefined.setdefault(found["object"], [])
        if found["type"] in "Uwv":
            wanted.append(found["symbol"])
        else:
            defined.add(found["symbol"])
    return undefined, defined


def main():
    archive = sys.argv[1] if len(sys.argv) > 1 else os.path.join(
        os.environ.get("top_builddir", "."), "libcore.a")
    undefined, defined = read_symbols(archive)
    tap = Tap()
    tap.check("there are objects",
              [] if undefined else [f"none in {archive}"])
    for name, symbols in sorted(undefined.items()):
        tap.check(f"{name} is pure",
                  [f"{name} reaches {symbol}" for symbol in symbols
                   if symbol not in defined and not is_allowed(symbol)])
    tap.done()


main()
