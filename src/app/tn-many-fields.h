/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnManyFields: what several selected layers have in common, set for all of them in one step. */
#pragma once

#include "app/tn-field.h"

G_BEGIN_DECLS

#define TN_TYPE_MANY_FIELDS (tn_many_fields_get_type ())
G_DECLARE_FINAL_TYPE (TnManyFields, tn_many_fields, TN, MANY_FIELDS, AdwPreferencesGroup)

GtkWidget *tn_many_fields_new (void);
/* Those of all that is selected in @document (NULL: none); hidden when there are none. */
void tn_many_fields_show (TnManyFields *self, TnDocument *document);
/* By name, borrowed; NULL when they have none of that name in common. */
TnField *tn_many_fields_find (TnManyFields *self, const char *name);

G_END_DECLS
