# Translations: a language is a file here, LANGUAGE.po; nothing else lists it.
PO_FILES = $(wildcard $(srcdir)/po/*.po)
LANGUAGES = $(sort $(basename $(notdir $(PO_FILES))))
EXTRA_DIST += $(PO_FILES) po/idlebell.pot po/same.pot po/pot

if NLS
# Where a directory of translations has them, so that tests find them too.
MO_FILES = $(LANGUAGES:%=po/%/LC_MESSAGES/idlebell.mo)
all-local: $(MO_FILES)
po/%/LC_MESSAGES/idlebell.mo: $(srcdir)/po/%.po
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(MSGFMT) -o $@.tmp $< && \
		mv -f $@.tmp $@
CLEANFILES += $(MO_FILES)

install-data-local: $(MO_FILES)
	for language in $(LANGUAGES); do \
		to='$(DESTDIR)$(localedir)'/$$language/LC_MESSAGES && \
		$(MKDIR_P) "$$to" && $(INSTALL_DATA) \
			po/$$language/LC_MESSAGES/idlebell.mo "$$to" || exit; \
	done
uninstall-local:
	for language in $(LANGUAGES); do \
		rm -f '$(DESTDIR)$(localedir)'/$$language/LC_MESSAGES/idlebell.mo; \
	done
endif

# For those who translate: the texts as the sources have them now, and the
# translations with what is new in them.  Both change the source directory.
pot:
	cd $(srcdir) && po/pot >po/idlebell.pot.tmp && \
		mv -f po/idlebell.pot.tmp po/idlebell.pot
update-po: pot
	cd $(srcdir)/po && for language in $(LANGUAGES); do \
		msgmerge --quiet --update --backup=none --no-wrap \
			--no-fuzzy-matching --add-location=file \
			$$language.po idlebell.pot || exit; \
	done
.PHONY: pot update-po
