/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRunPanel: runs the model in the background and shows what came out, layer by layer. */
#pragma once

#include <gtk/gtk.h>

#include "engine/tn-engine.h"
#include "engine/tn-runner.h"

G_BEGIN_DECLS

#define TN_TYPE_RUN_PANEL (tn_run_panel_get_type ())
G_DECLARE_FINAL_TYPE (TnRunPanel, tn_run_panel, TN, RUN_PANEL, GtkWidget)

/**
 * TnRunPanel:
 *
 * Property "running" (notify). Asks the window for win.run, win.stop, win.reveal (u) and
 * win.show-problem (u).
 */
void tn_run_panel_set_document (TnRunPanel *self, TnDocument *document, TnEngine *engine);
/* Starts as soon as the facts are about the present model; where it cannot run it says why. */
void tn_run_panel_start (TnRunPanel *self);
void tn_run_panel_stop (TnRunPanel *self);
gboolean tn_run_panel_is_running (TnRunPanel *self);
/* Of the next run; its tables are borrowed. */
TnRunOptions tn_run_panel_options (TnRunPanel *self);
/* For tests: the last result, borrowed or NULL, and the page that is shown ("idle", "running",
 * "error", "result"). */
const TnRunResult *tn_run_panel_result (TnRunPanel *self);
const char *tn_run_panel_page (TnRunPanel *self);
void tn_run_panel_set_options (TnRunPanel *self, gint64 samples, gint64 batch);
/* The table as it is shown. New string. */
char *tn_run_panel_table (TnRunPanel *self);

G_END_DECLS
