/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warnings that no layer's rule can see alone: what a layer does with what arrives, what stands
 * before it and what uses it, where that runs but is hardly meant. */
#pragma once

#include "infer/tn-facts-private.h"

G_BEGIN_DECLS

/* Fills facts->warnings; everything else of @facts but the lists of issues must be known. What
 * @previous (may be NULL) says of layers around which nothing changed is taken over. */
void tn_warnings_find (TnFacts *facts, const TnFacts *previous);
/* Is @code one that these raise? */
gboolean tn_warnings_has (const char *code);

G_END_DECLS
