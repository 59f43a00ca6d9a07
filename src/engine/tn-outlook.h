/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOutlook: how long a run of a model would take, found in the background. */
#pragma once

#include "exec/tn-run.h"

G_BEGIN_DECLS

/* Belongs to who asked; of one thread. */
typedef struct _TnOutlook TnOutlook;

/* Once, on the thread that asked. @error: why there would be no run; else NULL. The outlook may be
 * freed from within. */
typedef void (*TnOutlookFunc) (TnOutlook *outlook, double seconds, const GError *error,
                               gpointer data);

/* As a runner would run it, with the tuning of this machine; options are copied. */
TnOutlook *tn_outlook_new (const TnFacts *facts, const TnRunOptions *options, TnOutlookFunc func,
                           gpointer data);
/* Gives it up if it still looks; its function is not called any more. Waits for nothing. */
void tn_outlook_free (TnOutlook *outlook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnOutlook, tn_outlook_free)

G_END_DECLS
