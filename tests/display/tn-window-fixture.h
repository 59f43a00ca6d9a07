/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole window on a private display, with helpers that act as people do. */
#pragma once

#include "app/tn-export-dialog.h"
#include "app/tn-window.h"
#include "tn-canvas-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  GtkApplication *application;
  TnWindow *window;
  GtkWidget *widget; /* the window */
} TnWindowFixture;

/* @text as tn_fixture_graph(); NULL: an empty document. The window has 1024 × 700 pixels. */
TnWindowFixture *tn_window_fixture_new (const char *text);
/* Closes it, giving up changes. */
void tn_window_fixture_free (TnWindowFixture *fixture);

const TnGraph *tn_window_fixture_graph (TnWindowFixture *fixture);
TnNodeId tn_window_fixture_id (TnWindowFixture *fixture, const char *name);
/* Waits for facts and advice about the present graph. */
void tn_window_fixture_settle (TnWindowFixture *fixture);
/* The text of the summary table for a layer once everything is settled; new string. */
char *tn_window_fixture_cell (TnWindowFixture *fixture, const char *name, TnOutlineColumn column);
/* Selects the layer with a click on its box. */
void tn_window_fixture_click_node (TnWindowFixture *fixture, const char *name);
/* The editor of a parameter of the selected layer. */
GtkWidget *tn_window_fixture_editor (TnWindowFixture *fixture, const char *param);
/* Clicks into the editor and types over what stands there. */
void tn_window_fixture_type (TnWindowFixture *fixture, const char *param, const char *text);
/* The first widget of @type below @root that @test accepts (NULL: any), in order; or NULL. */
GtkWidget *tn_window_fixture_find (GtkWidget *root, GType type,
                                   gboolean (*test) (GtkWidget *widget, gconstpointer data),
                                   gconstpointer data);
/* The button that says @label below @root. */
GtkWidget *tn_window_fixture_button (GtkWidget *root, const char *label);
/* A click in the middle of a widget. */
void tn_window_fixture_press (GtkWidget *widget);

G_END_DECLS
