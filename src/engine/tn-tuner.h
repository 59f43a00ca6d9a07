/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTuner: finds out in the background how a model is computed fastest here, and keeps it. */
#pragma once

#include "exec/tn-tune.h"

G_BEGIN_DECLS

#define TN_TYPE_TUNER (tn_tuner_get_type ())
G_DECLARE_FINAL_TYPE (TnTuner, tn_tuner, TN, TUNER, GObject)

/**
 * TnTuner:
 *
 * Signals where it was made: "progress" (some ten a second), "finished" (however it ended).
 */
TnTuner *tn_tuner_new (void);
/* Nothing may be running. What it finds is added to what tn_tuning_store_load() has, and saved. */
void tn_tuner_start (TnTuner *self, const TnFacts *facts, const TnRunOptions *options);
/* At once; nothing is kept. */
void tn_tuner_stop (TnTuner *self);
gboolean tn_tuner_is_running (TnTuner *self);
TnTuneProgress tn_tuner_progress (TnTuner *self);
/* The last one's, borrowed; NULL when there was none or it failed. */
const TnTuneResult *tn_tuner_result (TnTuner *self);
/* Why the last one ended without a result; or, with one, why that could not be saved. */
const GError *tn_tuner_error (TnTuner *self);

G_END_DECLS
