/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnFieldPlace: the layer whose parameters a field edits, which may stand within another layer. */
#pragma once

#include "layers/tn-layer.h"

G_BEGIN_DECLS

/* Layers within layers that the inspector goes into; what stands deeper is kept, and not shown. */
#define TN_FIELD_DEPTH 6

/**
 * TnFieldPlace:
 * @depth: how many layers are gone into; 0: it is the node itself
 * @steps: parameter (TN_PARAM_LAYER) and, of a list, element that are gone through, from the node
 *     on
 *
 * A plain value, copied freely.
 */
typedef struct
{
  guint depth;
  struct
  {
    guint param;
    guint element;
  } steps[TN_FIELD_DEPTH];
} TnFieldPlace;

/* One further in. */
TnFieldPlace tn_field_place_within (TnFieldPlace place, guint param, guint element);
/* The layer there; NULL when there is none (any more). New reference. */
TnNode *tn_field_place_layer (TnFieldPlace place, const TnNode *node);
/* The parameter of @node that changes when parameter @param of the layer at @place does. */
guint tn_field_place_outer (TnFieldPlace place, guint param);
/* What it then is, with @value (NULL: the default) in place of what stands there. NULL: the
 * default, or there is no such layer. New reference. */
TnValue *tn_field_place_with (TnFieldPlace place, const TnNode *node, guint param,
                              const TnValue *value);
/* Of a parameter that holds layers: the dict {class_name, config} of @element, borrowed from
 * @value; NULL when it holds none. */
const TnValue *tn_field_place_dict (const TnValue *value, guint element);
/* @list with @dict in place of @element, or behind the last; NULL: without the element. New
 * reference. */
TnValue *tn_field_place_replaced (const TnValue *list, guint element, const TnValue *dict);
/* The dict of a layer of @schema with those parameters of the layer @before (may be NULL) that it
 * has as well, and what a newly placed one is told. New reference. */
TnValue *tn_field_place_turned (const TnSchema *schema, const TnValue *before);

G_END_DECLS
