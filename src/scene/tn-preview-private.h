/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks of a preview: found by one file, drawn by the other. */
#pragma once

#include "scene/tn-cells.h"
#include "scene/tn-preview.h"
#include "scene/tn-scene-private.h"

G_BEGIN_DECLS

#define TN_MARK_HEIGHT     18.0 /* of labels and tags */
#define TN_GHOST_HEIGHT    36.0 /* of the box of a new layer */
#define TN_GHOST_TEXT      34.0 /* from its left edge to its text */
#define TN_MARK_SIGN_WIDTH 14.0

typedef enum
{
  TN_MARK_OLD_LABEL, /* rect: of the label that would no longer be true */
  TN_MARK_LABEL,     /* text: the shape that there would be instead, or at a new wire */
  TN_MARK_BOX,       /* a new layer: layer, text (its name) */
  TN_MARK_WIRE,      /* a new wire: curve */
  TN_MARK_NO_BOX,    /* a layer that goes */
  TN_MARK_NO_WIRE,   /* a wire that goes: curve */
  TN_MARK_TAG,       /* what changes at a box, in words: text */
  TN_MARK_RING,      /* a box that would be worse, or mended */
} TnMarkKind;

typedef enum
{
  TN_MOOD_PLAIN,
  TN_MOOD_GOOD,
  TN_MOOD_WARNING,
  TN_MOOD_WRONG,
  TN_MOOD_UNKNOWN,
} TnMood;

typedef struct
{
  TnMarkKind kind;
  TnMood mood;
  TnRect rect;
  TnCurve curve;
  double align; /* which end of rect its text keeps to: 0 left, 1 right */
  const TnLayer *layer;
  char *text;
} TnMark;

/* Of TnMark, in the order in which they are drawn; new array, which frees the texts. */
GArray *tn_preview_find (const TnScene *scene, const TnGraph *graph, const TnFacts *facts,
                         TnRect visible, gboolean held);

/* While they are found. */
typedef struct
{
  /* borrowed */
  const TnScene *scene;
  const TnGraph *before;
  const TnGraph *graph;
  const TnFacts *facts;
  TnRect visible;
  gboolean held;

  /* owned */
  TnCells *taken;
  GHashTable *boxes;      /* TnNodeId of a new layer → its place, TnRect */
  GHashTable *old_issues; /* TnNodeId → its worst, borrowed */
  GHashTable *new_issues;
  GArray *marks;
} TnPreview;

#define TN_PREVIEW_GAP 6.0

/* ---- tn-preview.c ---- */

TnRect tn_preview_around (double x, double y, double width, double height);
/* Of the places in order of preference the first that is free. FALSE when all would lie over
 * something. */
gboolean tn_preview_find_place (TnPreview *self, const TnRect *places, guint n_places, guint *best);
double tn_preview_text_width (const TnPreview *self, const char *text);
void tn_preview_add_mark (TnPreview *self, TnMark mark);
/* @number: of so many that were put there before. */
void tn_preview_add_tag (TnPreview *self, TnRect box, const char *text, TnMood mood, guint number);
/* New string or NULL. */
char *tn_preview_shape_text (const TnFacts *facts, TnRef ref);
TnMood tn_preview_tensor_mood (const TnPreview *self, TnRef ref);
TnMood tn_preview_wire_mood (const TnPreview *self, TnNodeId to, guint call, guint slot, TnRef ref);
/* Where the wire is in the model that would be; FALSE: nowhere. A merging layer that has lost a
 * wire has others under new numbers. */
gboolean tn_preview_find_use (const TnNode *node, guint call, guint slot, TnRef ref, guint *found);
/* Takes @text over. */
char *tn_preview_shorten (char *text);
/* 0: nothing is wrong; more is worse. */
int tn_preview_badness (const TnIssue *issue);

/* ---- tn-preview-new.c ---- */

void tn_preview_add_ghost (TnPreview *self, const TnNode *node);
/* What a new layer puts out, beside it; red when something refuses that. */
void tn_preview_add_ghost_label (TnPreview *self, const TnNode *node);
void tn_preview_look_for_wires (TnPreview *self, const TnNode *node);

G_END_DECLS
