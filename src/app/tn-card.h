/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCard: what is known of one thing on the canvas: a layer, a port, the shape on a wire. */
#pragma once

#include <gtk/gtk.h>

#include "infer/tn-advice.h"

G_BEGIN_DECLS

/**
 * TnCardAbout:
 * @title: its name
 * @body: further lines, or NULL
 * @ref: the tensor whose numbers are shown; of node TN_NODE_NONE: none
 * @axis: the number that is told of at once, or -1
 * @node: the layer whose problem is shown, or TN_NODE_NONE
 */
typedef struct
{
  const char *title;
  const char *body;
  TnRef ref;
  int axis;
  TnNodeId node;
} TnCardAbout;

#define TN_TYPE_CARD (tn_card_get_type ())
G_DECLARE_FINAL_TYPE (TnCard, tn_card, TN, CARD, GtkBox)

/* Asks for canvas.trace ((uuui): node, call, output, axis), win.repair and win.preview-repair (s:
 * id of a fix). Signal "pinned" (gboolean): it is to stay open, or no longer. */
GtkWidget *tn_card_new (void);
/* @facts and @advice may be NULL while they are not known. What was chosen on it stays chosen when
 * it is about the same tensor as before and @about names no number. */
void tn_card_show (TnCard *self, const TnFacts *facts, const TnAdvice *advice,
                   const TnCardAbout *about);
void tn_card_set_pinned (TnCard *self, gboolean pinned);
/* The keyboard goes to its first button. */
void tn_card_focus (TnCard *self);
/* How high it is with that width, at most @most: what is longer is scrolled. */
int tn_card_height (TnCard *self, int width, int most);

G_END_DECLS
