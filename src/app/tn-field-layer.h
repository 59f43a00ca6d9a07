/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnFieldLayer: rows of the inspector that edit a layer which stands within another one. */
#pragma once

#include "app/tn-field.h"

G_BEGIN_DECLS

#define TN_TYPE_FIELD_LAYER (tn_field_layer_get_type ())
G_DECLARE_FINAL_TYPE (TnFieldLayer, tn_field_layer, TN, FIELD_LAYER, AdwExpanderRow)

/**
 * tn_field_layer_new:
 * @place: the layer that has the parameter
 * @param: of kind TN_PARAM_LAYER
 *
 * Its class as a drop-down, and below it the rows of its own parameters; for a list of layers such
 * a row for each. Another class keeps the parameters that it has as well.
 */
GtkWidget *tn_field_layer_new (TnDocument *document, TnNodeId node, TnFieldPlace place,
                               guint param);
/* Shows what the document now says. */
void tn_field_layer_sync (TnFieldLayer *self);
const TnParam *tn_field_layer_param (TnFieldLayer *self);
/* The message of an issue that names @param: this parameter, or one of a layer in it that is wrong
 * by itself. NULL, NULL: there is none (any more). */
void tn_field_layer_set_issue (TnFieldLayer *self, const char *param, const char *message);
/* The drop-down of classes; NULL for a list. */
GtkWidget *tn_field_layer_classes (TnFieldLayer *self);
/* The layer's own rows: TnField or TnFieldLayer by "units", "cell.units", "0.units"; or NULL. */
GtkWidget *tn_field_layer_find (TnFieldLayer *self, const char *path);

G_END_DECLS
