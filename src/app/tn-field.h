/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnField: a row of the inspector that edits one parameter, name or switch of the model. */
#pragma once

#include <adwaita.h>

#include "app/tn-field-place.h"
#include "document/tn-document.h"

G_BEGIN_DECLS

#define TN_TYPE_FIELD (tn_field_get_type ())
G_DECLARE_FINAL_TYPE (TnField, tn_field, TN, FIELD, AdwActionRow)

/* What a field edits. */
typedef enum
{
  TN_FIELD_PARAM,      /* of a layer */
  TN_FIELD_NAME,       /* of a layer */
  TN_FIELD_TRAINABLE,  /* of a layer */
  TN_FIELD_MODEL_NAME, /* of the model */
} TnFieldSubject;

/**
 * tn_field_new:
 * @node: ignored for the model's
 * @param: index into the node's schema; ignored unless TN_FIELD_PARAM
 *
 * Edits apply while typing; one stay of the focus in the field is one undo step. What cannot be
 * read or is refused is marked at the field and not applied.
 */
GtkWidget *tn_field_new (TnDocument *document, TnFieldSubject subject, TnNodeId node, guint param);
/* The same of a parameter of a layer that stands within @node, at @place. */
GtkWidget *tn_field_new_within (TnDocument *document, TnNodeId node, TnFieldPlace place,
                                guint param);
/* The same of several layers, by the first one's schema: one value for all of them. @subject: PARAM
 * or TRAINABLE */
GtkWidget *tn_field_new_many (TnDocument *document, const TnNodeId *nodes, guint n_nodes,
                              TnFieldSubject subject, guint param);
/* Shows what the document now says, unless that is what the text says already. */
void tn_field_sync (TnField *self);
const TnParam *tn_field_param (TnField *self);
/* The message of an issue that names this parameter; NULL: there is none (any more). */
void tn_field_set_issue (TnField *self, const char *message);
/* Puts the cursor into it. */
void tn_field_focus (TnField *self);

G_END_DECLS
