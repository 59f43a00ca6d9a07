/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A canvas in a window of its own, showing a small model: for the display tests of the canvas. */
#pragma once

#include "app/tn-canvas.h"
#include "tn-display.h"

G_BEGIN_DECLS

typedef struct
{
  GtkWindow *window;
  TnCanvas *canvas;
  GtkWidget *widget; /* the canvas */
  TnDocument *document;
  TnEngine *engine;
  char *refused;      /* by the last "refused" */
  TnNodeId activated; /* by the last "activate-node" */
  TnNodeId problem;   /* by the last "problem-activated" */
  guint n_add_requested;
  double add_x, add_y; /* by the last "add-requested" */
} TnFixture;

/* A line of layers as text: "image InputLayer 0 0 | conv Conv2D 0 140 image | …": name, type, x, y
 * and the names that feed its inputs. */
TnGraph *tn_fixture_graph (const char *text);
/* Shows @text's model (empty: none) at 100 % with the document's origin in the middle. */
TnFixture *tn_fixture_new (const char *text);
void tn_fixture_free (TnFixture *fixture);

TnNodeId tn_fixture_id (TnFixture *fixture, const char *name);
const TnNode *tn_fixture_node (TnFixture *fixture, const char *name);
/* What feeds an input: a name, or NULL. */
const char *tn_fixture_source (TnFixture *fixture, const char *name, guint slot);
/* "a b": the names of what is selected. New string. */
char *tn_fixture_selection (TnFixture *fixture);

/* In widget units: the middle of a box, the ports of its first call, the middle of a wire. */
void tn_fixture_box (TnFixture *fixture, const char *name, double *x, double *y);
void tn_fixture_output (TnFixture *fixture, const char *name, double *x, double *y);
void tn_fixture_input (TnFixture *fixture, const char *name, guint slot, double *x, double *y);
void tn_fixture_wire (TnFixture *fixture, const char *name, guint slot, double *x, double *y);

G_END_DECLS
