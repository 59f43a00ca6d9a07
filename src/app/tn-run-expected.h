/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRunExpected: tells beside Run how long the next run will take. */
#pragma once

#include <gtk/gtk.h>

#include "exec/tn-run.h"

G_BEGIN_DECLS

typedef struct _TnRunExpected TnRunExpected;

/* @beside: under the button that runs; @below: at the end of the options. Borrowed. */
TnRunExpected *tn_run_expected_new (GtkLabel *beside, GtkLabel *below);
void tn_run_expected_free (TnRunExpected *expected);
/* Known already; negative: nothing is told. */
void tn_run_expected_tell (TnRunExpected *expected, double seconds);
/* Has it found out in the background, once nothing has changed for a moment; what was told stays
 * until then. Nothing is told of what cannot be run. */
void tn_run_expected_ask (TnRunExpected *expected, const TnFacts *facts,
                          const TnRunOptions *options);

G_END_DECLS
