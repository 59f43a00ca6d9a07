/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people type into a parameter's entry, and what it shows. */
#pragma once

#include "graph/tn-schema.h"

G_BEGIN_DECLS

/* How an entry shows @value ("" for NULL, the default): "3, 3", "(28, 28, 1)", "glorot_uniform". */
char *tn_field_text (const TnParam *param, const TnValue *value);
/* The default, for the placeholder; "" where there is none. */
char *tn_field_default_text (const TnParam *param);
/* Reads and checks @text. TRUE: *@value is the new value, or NULL for the default (nothing was
 * typed). FALSE: *@message is one translated sentence. */
gboolean tn_field_parse (const TnParam *param, const char *text, TnValue **value, char **message);

G_END_DECLS
