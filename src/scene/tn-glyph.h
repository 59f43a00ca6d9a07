/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The little drawing in a box that says its kind without colour or words. */
#pragma once

#include <cairo.h>

#include "scene/tn-style.h"

G_BEGIN_DECLS

#define TN_GLYPH_SIZE 20.0

/* In a square of TN_GLYPH_SIZE around @x, @y. */
void tn_glyph_draw (cairo_t *cr, const TnLayer *layer, double x, double y, TnColor color);

/* The marks on badges and labels, drawn rather than written so that no font decides on them. */
void tn_glyph_exclamation (cairo_t *cr, double x, double y, double height, TnColor color);
void tn_glyph_cross (cairo_t *cr, double x, double y, double size, TnColor color);
void tn_glyph_pin (cairo_t *cr, double x, double y, TnColor color);

/* Shapes and colours that painter and overlay share. */
void tn_color_set (cairo_t *cr, TnColor color, double alpha);
TnColor tn_color_mix (TnColor a, TnColor b, double share_of_b);
void tn_round_rectangle (cairo_t *cr, double x, double y, double width, double height,
                         double radius);

G_END_DECLS
