/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTuning: the ways of computing that were found to be the fastest on this machine, by sizes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counted; once it is shared nothing of it changes. */
typedef struct _TnTuning TnTuning;

TnTuning *tn_tuning_new (void);
TnTuning *tn_tuning_copy (const TnTuning *tuning);
TnTuning *tn_tuning_ref (TnTuning *tuning);
void tn_tuning_unref (TnTuning *tuning);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTuning, tn_tuning_unref)

/* How many sizes it knows. */
guint tn_tuning_size (const TnTuning *tuning);

/* "… avx512, BLIS 0.9.0 (skx), tenon 0.1.0": what was measured here holds where this is the same.
 * New string. */
char *tn_tuning_machine (void);
/* As a key file that names the machine. New string. */
char *tn_tuning_to_text (const TnTuning *tuning);
/* NULL: it is damaged, or of another machine. Entries that say nothing are left out. */
TnTuning *tn_tuning_from_text (const char *text, gsize length);

G_END_DECLS
