# Small helpers of configure.ac.

# IDLEBELL_REQUIRE(VARIABLE, MODULES, DEBIAN-PACKAGE)
# A library that must be there.  What is missing is collected, so that one
# run of configure names all of it; IDLEBELL_REQUIRED() then stops.
AC_DEFUN([IDLEBELL_REQUIRE], [
PKG_CHECK_MODULES([$1], [$2], [], [
	idlebell_missing="$idlebell_missing
  $2 (Debian: $3)"
	idlebell_packages="$idlebell_packages $3"
])])

AC_DEFUN([IDLEBELL_REQUIRED], [
AS_IF([test -n "$idlebell_missing"], [AC_MSG_ERROR([these are missing:
$idlebell_missing

On Debian and Ubuntu:  sudo apt-get install$idlebell_packages])])])

# IDLEBELL_CFLAGS(VARIABLE, FLAGS...)
# Appends each of FLAGS that the compiler takes without a word.
AC_DEFUN([IDLEBELL_CFLAGS], [
for idlebell_flag in $2; do
	AC_MSG_CHECKING([whether $CC takes $idlebell_flag])
	idlebell_save=$CFLAGS
	CFLAGS="$CFLAGS $idlebell_flag -Werror"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
		[AC_MSG_RESULT([yes]); $1="$$1 $idlebell_flag"],
		[AC_MSG_RESULT([no])])
	CFLAGS=$idlebell_save
done
])

# IDLEBELL_LDFLAGS(VARIABLE, COMPILER-FLAGS, FLAGS...)
# The same for the linker.
AC_DEFUN([IDLEBELL_LDFLAGS], [
for idlebell_flag in $3; do
	AC_MSG_CHECKING([whether the linker takes $idlebell_flag])
	idlebell_save=$CFLAGS
	idlebell_save_ld=$LDFLAGS
	CFLAGS="$CFLAGS $2 -Werror"
	LDFLAGS="$LDFLAGS $idlebell_flag"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()],
		[AC_MSG_RESULT([yes]); $1="$$1 $idlebell_flag"],
		[AC_MSG_RESULT([no])])
	CFLAGS=$idlebell_save
	LDFLAGS=$idlebell_save_ld
done
])

# IDLEBELL_NEED_FLAGS(VARIABLE, FLAGS, WHY)
# Flags for compiling and linking that were asked for by name.
AC_DEFUN([IDLEBELL_NEED_FLAGS], [
AC_MSG_CHECKING([whether $CC takes $2])
idlebell_save=$CFLAGS
CFLAGS="$CFLAGS $2"
AC_LINK_IFELSE([AC_LANG_PROGRAM()],
	[AC_MSG_RESULT([yes]); $1="$$1 $2"],
	[AC_MSG_RESULT([no])
	AC_MSG_ERROR([$3])])
CFLAGS=$idlebell_save
])

# IDLEBELL_FORTIFY(VARIABLE)
# glibc's checks need an optimising compiler; who has chosen a level in
# CPPFLAGS or has it built into the compiler keeps it.
AC_DEFUN([IDLEBELL_FORTIFY], [
AC_MSG_CHECKING([whether to define _FORTIFY_SOURCE])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
#if !defined __OPTIMIZE__ || defined _FORTIFY_SOURCE
#error not optimising, or chosen already
#endif
]])],
	[AC_MSG_RESULT([yes]); $1="$$1 -D_FORTIFY_SOURCE=2"],
	[AC_MSG_RESULT([no])])
])
