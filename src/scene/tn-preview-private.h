/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks of a preview: found by one file, drawn by the other. */
#pragma once

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
                         TnRect visible);

G_END_DECLS
