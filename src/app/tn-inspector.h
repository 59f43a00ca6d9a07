/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnInspector: the properties of what is selected, made from the parameter schema. */
#pragma once

#include <adwaita.h>

#include "app/tn-field-layer.h"
#include "engine/tn-engine.h"

G_BEGIN_DECLS

#define TN_TYPE_INSPECTOR (tn_inspector_get_type ())
G_DECLARE_FINAL_TYPE (TnInspector, tn_inspector, TN, INSPECTOR, GtkWidget)

/* Asks the window for win.reveal, win.repair, win.trace, win.dense-inputs, win.duplicate and
 * win.delete. */
void tn_inspector_set_document (TnInspector *self, TnDocument *document, TnEngine *engine);
/* The number whose origin is shown; a negative axis: none. */
void tn_inspector_set_traced (TnInspector *self, TnRef traced, int axis);
/* Puts the cursor into the first parameter of the selected layer. */
void tn_inspector_focus (TnInspector *self);

/* For tests: the field of a parameter of the selected layer by Keras's name, "name" for its name,
 * "layer.units" for one of a layer within it; NULL when there is none. */
TnField *tn_inspector_field (TnInspector *self, const char *name);
/* The same for parameters that are layers. */
TnFieldLayer *tn_inspector_layer (TnInspector *self, const char *name);

G_END_DECLS
