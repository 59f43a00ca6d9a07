/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders a scene into the formats that other programs take from a clipboard or a drag. */
#include "app/tn-picture.h"

GdkContentProvider *
tn_picture_content (TnScene *scene, const TnPictureOptions *options, GError **error)
{
  g_return_val_if_fail (scene != NULL && options != NULL, NULL);

  g_autoptr (GBytes) png = tn_picture_render (scene, TN_PICTURE_PNG, options, error);
  if (png == NULL)
    return NULL;
  g_autoptr (GBytes) svg = tn_picture_render (scene, TN_PICTURE_SVG, options, error);
  if (svg == NULL)
    return NULL;
  g_autoptr (GBytes) pdf = tn_picture_render (scene, TN_PICTURE_PDF, options, error);
  if (pdf == NULL)
    return NULL;
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, error);
  if (texture == NULL)
    return NULL;

  GdkContentProvider *providers[] = {
    gdk_content_provider_new_for_bytes ("image/png", png),
    gdk_content_provider_new_for_bytes ("image/svg+xml", svg),
    gdk_content_provider_new_for_bytes ("application/pdf", pdf),
    gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture),
  };
  return gdk_content_provider_new_union (providers, G_N_ELEMENTS (providers));
}
