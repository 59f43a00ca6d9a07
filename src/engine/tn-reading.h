/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnReading: the numbers of one tensor, computed in the background. */
#pragma once

#include "exec/tn-values.h"

G_BEGIN_DECLS

/* Belongs to who asked; of one thread. */
typedef struct _TnReading TnReading;

/* On the thread that asked, once: @values, or NULL and why. The reading may be freed from within.
 */
typedef void (*TnReadingFunc) (TnReading *reading, const TnValues *values, const GError *error,
                               gpointer data);

/* @options are copied; @bytes as for tn_values_new(). */
TnReading *tn_reading_new (const TnFacts *facts, const TnValuesSource *source,
                           const TnRunOptions *options, guint64 bytes, TnReadingFunc func,
                           gpointer data);
/* Gives it up if it still runs; its function is not called any more. Waits for nothing. */
void tn_reading_free (TnReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnReading, tn_reading_free)

G_END_DECLS
