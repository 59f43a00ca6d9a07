/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnWindow: the main window; holds a document with its engine, and joins the widgets to it. */
#pragma once

#include <adwaita.h>

#include "app/tn-canvas.h"
#include "app/tn-inspector.h"
#include "app/tn-outline.h"
#include "app/tn-palette.h"
#include "app/tn-problems.h"
#include "app/tn-run-panel.h"
#include "app/tn-values-view.h"
#include "codegen/tn-code.h"
#include "document/tn-recovery.h"

G_BEGIN_DECLS

#define TN_TYPE_WINDOW (tn_window_get_type ())
G_DECLARE_FINAL_TYPE (TnWindow, tn_window, TN, WINDOW, AdwApplicationWindow)

/* With an empty document. */
GtkWidget *tn_window_new (GtkApplication *application);

/* Replaces the document without asking. */
void tn_window_set_document (TnWindow *self, TnDocument *document);
TnDocument *tn_window_document (TnWindow *self);
TnEngine *tn_window_engine (TnWindow *self);
/* Replaces the document by what a crash left of one. */
gboolean tn_window_recover (TnWindow *self, TnRecovery *copy);
/* Unsaved changes are in their copy when this returns: the program is about to be ended. */
void tn_window_flush (TnWindow *self);
/* Empty, never changed and never saved: a file may as well be opened here. */
gboolean tn_window_is_pristine (TnWindow *self);

/* Replaces the document by a file without asking; a failure is told in a dialog. What is large is
 * read in the background, and stays to be stopped until it is there. */
gboolean tn_window_open_file (TnWindow *self, GFile *file);
/* Saves to @path (NULL: where it came from); a failure is told in a dialog. */
gboolean tn_window_save_file (TnWindow *self, const char *path);
/* Writes code, as it is now, to @path; a failure is told in a dialog. */
gboolean tn_window_export_code (TnWindow *self, const TnCodeTarget *target, const char *path);
/* A copy of the bundled example called @name ("missing-flatten"), without asking. */
gboolean tn_window_open_example (TnWindow *self, const char *name);

/* "problems", "outline", "run", "values"; shows the bottom panel. */
void tn_window_show_page (TnWindow *self, const char *page);
/* A short message over the canvas. */
void tn_window_tell (TnWindow *self, const char *message);

/* The parts: for tests. Borrowed. */
TnCanvas *tn_window_canvas (TnWindow *self);
TnPalette *tn_window_palette (TnWindow *self);
TnInspector *tn_window_inspector (TnWindow *self);
TnProblems *tn_window_problems (TnWindow *self);
TnOutline *tn_window_outline (TnWindow *self);
TnRunPanel *tn_window_run_panel (TnWindow *self);
TnValuesView *tn_window_values_view (TnWindow *self);
const char *tn_window_status (TnWindow *self);

G_END_DECLS
