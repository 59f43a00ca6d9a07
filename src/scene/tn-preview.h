/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would be different, drawn over a scene: before an edit is made, or a repair is taken. */
#pragma once

#include "scene/tn-scene.h"

G_BEGIN_DECLS

/* Draws over @scene, in document coordinates and within @visible, what would be different if the
 * model were @graph with @facts (which are about @graph): the new shapes beside the struck old
 * ones, red and with a cross where something would be refused; layers and wires that would come,
 * dashed; those that would go, crossed out; parameters that would change; layers that would become
 * right or wrong. Nothing of it lies over a text that is still true unless there is no room at
 * all, and then it covers that text wholly. Texts are left out where they could not be read.
 * @held: the layers that would come are held at their very places, where the caller draws them. */
void tn_scene_draw_preview (const TnScene *scene, const TnGraph *graph, const TnFacts *facts,
                            cairo_t *cr, TnRect visible, gboolean held);

G_END_DECLS
