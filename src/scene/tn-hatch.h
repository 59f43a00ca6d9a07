/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hatchings that tell the families of layers apart where there are no colours. */
#pragma once

#include <cairo.h>

#include "scene/tn-style.h"

G_BEGIN_DECLS

/* Fills the current path with the hatching of @family, and clears the path. Lines, not a bitmap: as
 * sharp on paper as the rest. */
void tn_hatch_fill (cairo_t *cr, TnFamily family, TnColor color);
/* Fills the current path as @style shows @family: with its colour, mixed into the background by
 * @strength (0 … 1), or with its hatching; and clears the path. */
void tn_hatch_family (cairo_t *cr, const TnStyle *style, TnFamily family, double strength);

G_END_DECLS
